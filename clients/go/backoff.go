package themule

import (
	"math/rand/v2"
	"time"
)

const (
	backoffFirst   = 25 * time.Millisecond
	backoffLongest = 2 * time.Second
)

// backoff is the pause before the attempt-th try (from 0): it doubles up to 2 s, and a random part of up to a half is taken off, so that a
// thousand peers that lost the same Redis do not come back in step. random is in [0, 1).
func backoff(attempt int, random float64) time.Duration {
	ceiling := min(backoffLongest, backoffFirst<<min(attempt, 10))
	return time.Duration(float64(ceiling) * (1 - random/2))
}

// pause waits out a backoff; false when stop was closed first.
func pause(attempt int, stop <-chan struct{}) bool {
	timer := time.NewTimer(backoff(attempt, rand.Float64()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-stop:
		return false
	}
}
