//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// hang stops the whole process, heartbeats and signals included: only SIGKILL helps.
func hang() {
	signal.Ignore(syscall.SIGTERM, os.Interrupt)
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
	// The first process of a container cannot be stopped; it can be deaf.
	select {}
}
