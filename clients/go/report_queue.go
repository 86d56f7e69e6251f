package themule

import (
	"strings"
	"time"
	"unicode/utf8"
)

const (
	batchLines    = 1_000
	batchBytes    = 256 << 10
	mostLineBytes = 32 << 20
)

// report is one thing that a peer has to say, as it is sent.
type report interface{ report() }

type (
	// logLines go in one LPUSH.
	logLines struct {
		texts []string
		bytes int
	}
	// gap counts the lines that are missing here because the queue was full.
	gap struct{ count int }
	// status goes in one transaction.
	status struct {
		text string
		at   time.Time
		// Its own among this queue's statuses.
		number int
		// Receives nil when Redis has it.
		done chan error
	}
	// mark is not sent: it is reached when all before it has been.
	mark struct{ done chan error }
)

func (*logLines) report() {}
func (*gap) report()      {}
func (*status) report()   {}
func (*mark) report()     {}

// reportQueue holds reports in the order they were made, log lines already in batches. It holds a bounded number of lines: those beyond are
// counted, and the count stands where they are missing. Statuses are never dropped.
type reportQueue struct {
	mostLines int
	reports   []report
	lines     int
	bytes     int
	sending   bool
	statuses  int
}

func (q *reportQueue) line(text string) {
	text = validText(text)
	var open report
	// The first report may be under way, and is left as it is.
	if n := len(q.reports); n > 1 || (n == 1 && !q.sending) {
		open = q.reports[n-1]
	}
	if q.lines >= q.mostLines || q.bytes+len(text) > mostLineBytes {
		if missing, is := open.(*gap); is {
			missing.count++
		} else {
			q.reports = append(q.reports, &gap{count: 1})
		}
		return
	}
	q.lines++
	q.bytes += len(text)
	if batch, is := open.(*logLines); is && len(batch.texts) < batchLines && batch.bytes < batchBytes {
		batch.texts = append(batch.texts, text)
		batch.bytes += len(text)
	} else {
		q.reports = append(q.reports, &logLines{texts: []string{text}, bytes: len(text)})
	}
}

func (q *reportQueue) status(text string, at time.Time) *status {
	q.statuses++
	report := &status{text: validText(text), at: at, number: q.statuses, done: make(chan error, 1)}
	q.reports = append(q.reports, report)
	return report
}

func (q *reportQueue) mark() *mark {
	report := &mark{done: make(chan error, 1)}
	q.reports = append(q.reports, report)
	return report
}

// next gives the oldest report, which stays (and does not change) until sent; nil when there is none.
func (q *reportQueue) next() report {
	if len(q.reports) == 0 {
		return nil
	}
	q.sending = true
	return q.reports[0]
}

// sent forgets what next gave.
func (q *reportQueue) sent() {
	if batch, is := q.reports[0].(*logLines); is {
		q.lines -= len(batch.texts)
		q.bytes -= batch.bytes
	}
	q.reports[0] = nil
	q.reports = q.reports[1:]
	q.sending = false
}

// validText is text as the protocol has it, in UTF-8.
func validText(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
