package themule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// drain describes what a queue sends, in order.
func drain(q *reportQueue) []string {
	var sent []string
	for next := q.next(); next != nil; next = q.next() {
		switch report := next.(type) {
		case *logLines:
			sent = append(sent, fmt.Sprintf("%d lines from %s", len(report.texts), report.texts[0]))
		case *gap:
			sent = append(sent, fmt.Sprintf("%d missing", report.count))
		case *status:
			sent = append(sent, fmt.Sprintf("%s %d", report.text, report.number))
		case *mark:
			sent = append(sent, "mark")
		}
		q.sent()
	}
	return sent
}

func TestReportQueueKeepsTheOrder(t *testing.T) {
	q := &reportQueue{mostLines: 10_000}
	q.line("a")
	q.line("b")
	q.status("connecting", time.Now())
	q.line("c")
	q.mark()
	for i := range batchLines + 1 {
		q.line(fmt.Sprint("d", i))
	}
	q.status("connected", time.Now())
	equal(t, "sent", drain(q), []string{"2 lines from a", "connecting 1", "1 lines from c", "mark", "1000 lines from d0", "1 lines from d1000", "connected 2"})
}

func TestReportQueueLeavesAloneWhatIsUnderWay(t *testing.T) {
	q := &reportQueue{mostLines: 10}
	q.line("a")
	q.next()
	q.line("b")
	equal(t, "sent", drain(q), []string{"1 lines from a", "1 lines from b"})
}

func TestReportQueueCountsWhatDoesNotFit(t *testing.T) {
	q := &reportQueue{mostLines: 2}
	for _, text := range []string{"a", "b", "c", "d"} {
		q.line(text)
	}
	q.status("connected", time.Now())
	q.line("e")
	equal(t, "sent", drain(q), []string{"2 lines from a", "2 missing", "connected 1", "1 missing"})
	q.line("f")
	equal(t, "afterwards", drain(q), []string{"1 lines from f"})

	large := strings.Repeat("x", mostLineBytes/2)
	roomy := &reportQueue{mostLines: 1000}
	roomy.line(large)
	roomy.line(large)
	roomy.line("y")
	if sent := drain(roomy); len(sent) != 3 || sent[2] != "1 missing" {
		t.Errorf("beyond 32 MiB it sends %d reports", len(sent))
	}
}

func TestReportsAreUTF8(t *testing.T) {
	q := &reportQueue{mostLines: 10}
	q.line("a\xffb")
	equal(t, "sent", drain(q), []string{"1 lines from a\uFFFDb"})
}
