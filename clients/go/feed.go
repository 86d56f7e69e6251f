package themule

import (
	"context"
	"errors"
	"sync"
	"time"
)

// feed offers the commands on a channel. A channel does not tell whether somebody waits at it, so the head of the queue is read without
// taking it away, offered, and removed when the receiver has it: until then it is in Redis, whatever becomes of this process.
//
//	peeking ──a command──► offering ──received──► removing ──answered──► peeking
//	   ▲                      │
//	   └────connection lost───┘
//
// A Redis before 6.2, or one that forbids it, is read one command ahead, and what was not received is given back at the end.
type feed struct {
	in     *inbox
	out    chan string
	notice func(string)
	// A rendezvous: whoever sends here knows that no removal is under way.
	idle     chan struct{}
	halting  chan struct{}
	haltOnce sync.Once
	// How long giving back may take; set before halting is closed.
	limit time.Duration
	done  chan struct{}

	mu sync.Mutex
	// Not nil from before a command is offered until Redis has removed it, when it is closed.
	settled chan struct{}
	ahead   bool
	// What ends the feed before it is halted.
	failure error
	// A command that was handed over, and stands at the head of the queue because its removal was refused.
	handed *string
}

func newFeed(in *inbox, notice func(string)) *feed {
	return &feed{
		in: in, notice: notice, out: make(chan string), idle: make(chan struct{}),
		halting: make(chan struct{}), done: make(chan struct{}),
	}
}

func (f *feed) run() {
	defer close(f.done)
	for {
		r := f.in.read(!f.readsAhead())
		if r == nil || !f.await(r) {
			return
		}
		raw, err := f.in.claim(r)
		switch {
		case errors.Is(err, ErrClosed):
			return
		case err != nil && r.peeked && isNotHad(err):
			f.readAhead(err)
		case err != nil:
			f.fail(err)
			return
		case f.handed != nil && *f.handed == raw:
			f.handed = nil
		default:
			f.handed = nil
			if !f.offer(raw, r) {
				return
			}
		}
	}
}

// await is true when the reading is done, false when the feed is halted. Signals come through meanwhile.
func (f *feed) await(r *reading) bool {
	for {
		select {
		case <-r.done:
			return true
		case <-f.halting:
			return false
		case <-f.in.shutdowns:
			select {
			case f.out <- "shutdown":
			case <-f.halting:
				return false
			}
		}
	}
}

// offer hands a command over; false when the feed is halted.
func (f *feed) offer(raw string, r *reading) bool {
	f.begin()
	defer f.end()
	var lost <-chan struct{}
	if r.peeked {
		// The list behind a new connection may be another one; what stands in this one will be read again.
		lost = r.session.over
	}
	for next, own := raw, true; ; {
		select {
		case f.out <- next:
			if own {
				if r.peeked {
					f.remove(raw, r.session)
				}
				return true
			}
			next, own = raw, true
		case <-f.in.shutdowns:
			next, own = "shutdown", false
		case f.idle <- struct{}{}:
		case <-lost:
			if own {
				return true
			}
			lost = nil
		case <-f.halting:
			if !r.peeked {
				f.in.giveBack(raw, f.limit)
			}
			return false
		}
	}
}

// remove takes a command from Redis that has been handed over. It returns when Redis has answered.
func (f *feed) remove(raw string, s *session) {
	for failures := 0; ; failures++ {
		if s.isOver() {
			// Nothing was sent there, so it is still to be done.
			if s = f.again(); s == nil {
				return
			}
		}
		_, err := s.call("LREM", f.in.key, 1, raw)
		switch {
		case err == nil:
			return
		case isAnswer(err) && isTransient(err):
			if !pause(failures, f.in.stopping) {
				return
			}
		case isAnswer(err):
			f.readAhead(err)
			f.handed = &raw
			return
		default:
			if s = f.afterLoss(raw); s == nil {
				return
			}
		}
	}
}

// again gives the next session, adopted; nil when there is none any more.
func (f *feed) again() *session {
	for failures := 0; ; failures++ {
		s, err := f.in.commands.ready()
		if err != nil {
			return nil
		}
		if _, err = f.in.adopt(s); err == nil {
			return s
		}
		if !pause(failures, f.in.stopping) {
			return nil
		}
	}
}

// afterLoss finds out what became of a removal that got no answer, and gives the session on which to do it again, or nil. It is not simply
// repeated: that could remove a second command of the same text.
func (f *feed) afterLoss(raw string) *session {
	for failures := 0; ; failures++ {
		s, err := f.in.commands.ready()
		if err != nil {
			return nil
		}
		lastDone, err := f.in.adopt(s)
		if err == nil && lastDone != "" {
			// The old connection was still there, so the server remembers what it did last.
			if lastDone == "lrem" {
				return nil
			}
			return s
		}
		if err == nil {
			var head any
			if head, err = s.call("LINDEX", f.in.key, 0); err == nil && head == any(raw) {
				// Not removed, or followed by the same: better twice than never.
				f.notice("the connection broke while the command \"" + raw + "\" was being removed: it may come twice")
			}
		}
		if err == nil || !isTransient(err) {
			return nil
		}
		if !pause(failures, f.in.stopping) {
			return nil
		}
	}
}

func (f *feed) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settled = make(chan struct{})
}

func (f *feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.settled)
	f.settled = nil
}

// settle waits until what has been received is out of Redis, or ctx ends.
func (f *feed) settle(ctx context.Context) {
	f.mu.Lock()
	settled := f.settled
	f.mu.Unlock()
	if settled == nil {
		return
	}
	select {
	case <-f.idle:
	case <-settled:
	case <-ctx.Done():
	}
}

// halt ends the feed; what has not been received is in Redis afterwards. The channel stays open until the client is closed.
func (f *feed) halt(limit time.Duration) {
	f.haltOnce.Do(func() {
		f.limit = limit
		close(f.halting)
	})
	late := time.AfterFunc(limit, f.in.commands.close)
	defer late.Stop()
	f.in.stop(limit)
	<-f.done
}

func (f *feed) readsAhead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ahead
}

func (f *feed) readAhead(because error) {
	f.mu.Lock()
	before := f.ahead
	f.ahead = true
	f.mu.Unlock()
	// Who is told may call the client, which takes the lock.
	if !before {
		f.notice("commands are read one ahead: " + because.Error())
	}
}

// fail tells why before the channel ends: who ranges over it may not ask for Err.
func (f *feed) fail(err error) {
	f.mu.Lock()
	f.failure = err
	f.mu.Unlock()
	f.notice("no commands any more: " + err.Error())
	close(f.out)
}

func (f *feed) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failure
}

// close is to be called after halt.
func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failure == nil {
		close(f.out)
	}
}
