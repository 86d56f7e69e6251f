package themule

import (
	"fmt"
	"os"
	"time"
)

// restartExitCode asks whoever runs the peer to run it again.
const restartExitCode = 42

// writeDelay leaves the whole seconds, rounded up, that the entrypoint sleeps before it runs the peer again.
func writeDelay(file string, delay time.Duration) error {
	seconds := int64(0)
	if delay > 0 {
		seconds = int64((delay-1)/time.Second) + 1
	}
	if err := os.WriteFile(file, fmt.Appendf(nil, "%d\n", seconds), 0o644); err != nil {
		return fmt.Errorf("cannot leave the delay of a restart, set TM_DELAY_FILE to a file that can be written: %w", err)
	}
	return nil
}
