package themule

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals makes a shutdown command of the first SIGTERM or SIGINT. The second one does what it does by default: it ends the process, also
// when the peer hangs in its shutdown.
func signals(shutdowns chan<- struct{}) (stop func()) {
	received := make(chan os.Signal, 2)
	stopped := make(chan struct{})
	signal.Notify(received, syscall.SIGTERM, os.Interrupt)
	go func() {
		for first := true; ; first = false {
			select {
			case <-stopped:
				return
			case which := <-received:
				if !first {
					raise(which)
					return
				}
				shutdowns <- struct{}{}
			}
		}
	}()
	return sync.OnceFunc(func() {
		signal.Stop(received)
		close(stopped)
	})
}

func raise(which os.Signal) {
	signal.Reset(which)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(which) == nil {
		return
	}
	os.Exit(1)
}
