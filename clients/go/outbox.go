package themule

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// outbox sends what a peer reports, one thing at a time and in order: what was logged before a status is in Redis before it. Each is sent
// until Redis has it, so a reconnect loses and overtakes nothing; a batch of lines whose answer was lost on the way comes twice.
//
// A status is SET and, in the same transaction, appended to a stream, where a reader finds it even when the next one follows at once.
type outbox struct {
	reports *connection
	peer    string
	// Tells the reports of this process from those of every other.
	identity    string
	streamedGap time.Duration
	setOnlyGap  time.Duration
	notice      func(string)
	// Closed when Redis has the first status.
	begun     chan struct{}
	beginOnce sync.Once

	// Holds a value when there is something to do.
	wake    chan struct{}
	closing chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	queue   reportQueue
	putBack bool
	closed  bool

	// Of the sending goroutine alone.
	standing *string
	due      time.Time
	setOnly  bool
}

func newOutbox(reports *connection, c *configuration, identity string) *outbox {
	return &outbox{
		reports: reports, peer: c.name, identity: identity,
		streamedGap: c.streamedGap, setOnlyGap: c.setOnlyGap, notice: c.notice, begun: make(chan struct{}),
		wake: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{}),
		queue: reportQueue{mostLines: c.logBufferLines},
	}
}

// line takes a `level|message` line and returns at once; after close it is ignored.
func (o *outbox) line(text string) {
	o.add(func() { o.queue.line(text) })
}

// status queues a status; what it gives receives nil when Redis has it.
func (o *outbox) status(text string) <-chan error {
	var report *status
	if !o.add(func() { report = o.queue.status(text, time.Now()) }) {
		return failed(errClosed())
	}
	return report.done
}

// mark gives what receives nil when everything taken so far has been sent.
func (o *outbox) mark() <-chan error {
	var report *mark
	if !o.add(func() { report = o.queue.mark() }) {
		return failed(errClosed())
	}
	return report.done
}

func failed(err error) <-chan error {
	done := make(chan error, 1)
	done <- err
	return done
}

// restored is to be called after a reconnect: the server may be a new one, which does not have the status that the old one had.
func (o *outbox) restored() {
	o.add(func() { o.putBack = true })
}

func (o *outbox) add(change func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	change()
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return true
}

// close gives up what has not been sent, and tells how many log lines and statuses that were.
func (o *outbox) close() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return 0
	}
	o.closed = true
	close(o.closing)
	left := 0
	unsent := &Error{Kind: ErrClosed, Message: "the client was closed before everything was sent"}
	for next := o.queue.next(); next != nil; next = o.queue.next() {
		switch report := next.(type) {
		case *logLines:
			left += len(report.texts)
		case *gap:
			left += report.count
		case *status:
			left++
			report.done <- unsent
		case *mark:
			report.done <- unsent
		}
		o.queue.sent()
	}
	return left
}

// run sends until the outbox is closed.
func (o *outbox) run() {
	defer close(o.done)
	for {
		select {
		case <-o.closing:
			return
		case <-o.wake:
		}
		for o.sendNext() {
		}
	}
}

// sendNext is false when there is nothing to send.
func (o *outbox) sendNext() bool {
	o.mu.Lock()
	putBack := o.putBack
	o.putBack = false
	next := o.queue.next()
	o.mu.Unlock()
	if putBack && o.standing != nil {
		// NX: where the status is still there, nobody is notified of it again. What refuses it has been told of with the status.
		_ = o.send("a status", "SET", o.peer+"_status", *o.standing, "NX")
	}
	if next == nil {
		return false
	}
	err := o.deliver(next)

	o.mu.Lock()
	if o.closed {
		// Closing has settled it, and has emptied the queue.
		o.mu.Unlock()
		return false
	}
	o.queue.sent()
	o.mu.Unlock()
	switch report := next.(type) {
	case *status:
		report.done <- err
	case *mark:
		report.done <- err
	default:
		if err != nil {
			o.notice("log lines were refused by Redis: " + err.Error())
		}
	}
	return true
}

func (o *outbox) deliver(next report) error {
	switch report := next.(type) {
	case *logLines:
		words := make([]any, 0, 2+len(report.texts))
		words = append(words, "LPUSH", o.peer+"_log")
		for _, text := range report.texts {
			// The first word ends up rightmost, so the oldest line does.
			words = append(words, text)
		}
		return o.send("log lines", words...)
	case *gap:
		text := fmt.Sprintf("warn|%d log lines are missing here: the peer's log buffer was full", report.count)
		return o.send("log lines", "LPUSH", o.peer+"_log", text)
	case *status:
		return o.sendStatus(report)
	}
	return nil
}

func (o *outbox) send(what string, words ...any) error {
	return o.persist(what, func(s *session) error {
		_, err := s.call(words...)
		return err
	})
}

// persist does it until Redis has answered: a repetition must do no harm.
func (o *outbox) persist(what string, operation func(*session) error) error {
	told := false
	for failures := 0; ; failures++ {
		s, err := o.reports.ready()
		if err != nil {
			return err
		}
		err = operation(s)
		if err == nil {
			return nil
		}
		if !isTransient(err) {
			return refused(what, err)
		}
		if isAnswer(err) && !told {
			told = true
			o.notice("Redis cannot take " + what + " now and is asked again: " + err.Error())
		}
		if !pause(failures, o.closing) {
			return errClosed()
		}
	}
}

// flush waits until everything taken so far has been sent.
func (o *outbox) flush(ctx context.Context) error {
	select {
	case err := <-o.mark():
		return err
	case <-ctx.Done():
		return fmt.Errorf("not all log lines and statuses are in Redis yet: %w", context.Cause(ctx))
	}
}
