//go:build !unix

package main

// hang takes no command any more.
func hang() { select {} }
