package themule

import (
	"fmt"
	"time"
)

// beat says every interval that this peer is alive, from the first status on until stop is closed. It passes by the queue of reports, and
// while Redis is away it says nothing.
func beat(reports *connection, peer string, interval time.Duration, begun, stop <-chan struct{}) {
	select {
	case <-begun:
	case <-stop:
		return
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var last int64
	for {
		// Another value each time, whatever the clock does.
		last = max(time.Now().UnixMilli(), last+1)
		if s := reports.now(); s != nil {
			// One that is refused or lost is not worth a word: the next one follows.
			_, _ = s.callNow(interval/2, "SET", peer+"_heartbeat", heartbeatText(last, interval))
		}
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}

func heartbeatText(at int64, interval time.Duration) string {
	return fmt.Sprintf("%d|%d", at, max(1, interval.Milliseconds()))
}
