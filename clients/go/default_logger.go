package themule

import (
	"io"
	"log"
	"log/slog"
	"slices"
	"sync"
)

// forwarding are the clients that forward log/slog; the last one built is its default.
var forwarding struct {
	sync.Mutex
	handlers []slog.Handler
	// What was there before the first of them.
	logger *slog.Logger
	writer io.Writer
	flags  int
}

// forwardSlog makes handler the default of log/slog, and so of log. What it gives goes back to the client before, or to what was there
// before all of them, unless somebody else has changed the default meanwhile.
func forwardSlog(handler slog.Handler) (restore func()) {
	forwarding.Lock()
	defer forwarding.Unlock()
	if len(forwarding.handlers) == 0 {
		forwarding.logger, forwarding.writer, forwarding.flags = slog.Default(), log.Writer(), log.Flags()
	}
	forwarding.handlers = append(forwarding.handlers, handler)
	slog.SetDefault(slog.New(handler))
	return sync.OnceFunc(func() { stopForwarding(handler) })
}

func stopForwarding(handler slog.Handler) {
	forwarding.Lock()
	defer forwarding.Unlock()
	forwarding.handlers = slices.DeleteFunc(forwarding.handlers, func(one slog.Handler) bool { return one == handler })
	if slog.Default().Handler() != handler {
		return
	}
	if left := len(forwarding.handlers); left > 0 {
		slog.SetDefault(slog.New(forwarding.handlers[left-1]))
		return
	}
	slog.SetDefault(forwarding.logger)
	// Being the default of slog changes these two, and ceasing to be does not change them back.
	log.SetOutput(forwarding.writer)
	log.SetFlags(forwarding.flags)
}
