package themule

import (
	"fmt"
	"log/slog"
	"math"
	"strings"
)

// LevelTrace is the least grave level, below slog.LevelDebug.
const LevelTrace = slog.LevelDebug - 4

// levelWord is the protocol's name of a level.
func levelWord(level slog.Level) string {
	switch {
	case level >= slog.LevelError:
		return "error"
	case level >= slog.LevelWarn:
		return "warn"
	case level >= slog.LevelInfo:
		return "info"
	case level >= slog.LevelDebug:
		return "debug"
	default:
		return "trace"
	}
}

// parseLevel reads a level's name, in capitals or not.
func parseLevel(word string) (slog.Level, error) {
	switch strings.ToLower(word) {
	case "error":
		return slog.LevelError, nil
	case "warn":
		return slog.LevelWarn, nil
	case "info":
		return slog.LevelInfo, nil
	case "debug":
		return slog.LevelDebug, nil
	case "trace":
		// All that is below debug is trace, however far.
		return slog.Level(math.MinInt32), nil
	default:
		return 0, fmt.Errorf("is %q; expected one of error, warn, info, debug, trace", word)
	}
}
