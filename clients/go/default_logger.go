package themule

import (
	"log"
	"log/slog"
	"sync"
)

// One client at a time is the default of log/slog; the last one built.
var forwarding struct {
	sync.Mutex
	handler slog.Handler
}

// forwardSlog makes handler the default of log/slog, and so of log. What it gives puts back what was there, unless somebody else has
// changed it meanwhile.
func forwardSlog(handler slog.Handler) (restore func()) {
	forwarding.Lock()
	defer forwarding.Unlock()
	logger, writer, flags := slog.Default(), log.Writer(), log.Flags()
	forwarding.handler = handler
	slog.SetDefault(slog.New(handler))
	return func() {
		forwarding.Lock()
		defer forwarding.Unlock()
		if forwarding.handler != handler || slog.Default().Handler() != handler {
			return
		}
		forwarding.handler = nil
		slog.SetDefault(logger)
		// Being the default of slog changes these two, and ceasing to be does not change them back.
		log.SetOutput(writer)
		log.SetFlags(flags)
	}
}
