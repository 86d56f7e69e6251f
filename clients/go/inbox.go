package themule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	unblockWithin = 500 * time.Millisecond
	unblockEvery  = 20 * time.Millisecond
)

// inbox is the peer's queue of commands in Redis. It is read one command at a time, by one reader.
type inbox struct {
	commands   *connection
	reports    *connection
	key        string
	clientName string
	stopping   chan struct{}
	// Receives a value for the signal that is to be a shutdown command.
	shutdowns chan struct{}

	mu      sync.Mutex
	stopped bool
	reading *reading
	// Of the session that last read, in CLIENT LIST; "" where Redis does not tell.
	clientID string
	adopted  *session
	taking   bool
}

// reading is a command that is being waited for, in one go from the asking to the answer, whoever waits for it meanwhile.
type reading struct {
	done chan struct{}
	// When done: the command, or why there is none, and the session that gave it.
	raw     string
	err     error
	session *session
	claimed bool
	peeked  bool
	// It ends without a command when it is unblocked.
	interrupted atomic.Bool
}

func newInbox(commands, reports *connection, peer, clientName string) *inbox {
	return &inbox{
		commands: commands, reports: reports, key: peer + "_command", clientName: clientName,
		stopping: make(chan struct{}), shutdowns: make(chan struct{}, 1),
	}
}

// take waits for the next command and takes it from Redis. When ctx ends first, the reading goes on for the next take.
func (in *inbox) take(ctx context.Context) (string, error) {
	in.mu.Lock()
	if in.taking {
		in.mu.Unlock()
		return "", errors.New("commands are already being waited for: read them in one goroutine only")
	}
	in.taking = true
	in.mu.Unlock()
	defer func() {
		in.mu.Lock()
		in.taking = false
		in.mu.Unlock()
	}()

	if err := ctx.Err(); err != nil {
		return "", err
	}
	select {
	case <-in.shutdowns:
		return "shutdown", nil
	default:
	}
	for {
		r := in.read(false)
		if r == nil {
			return "", errClosed()
		}
		signalled := false
		select {
		case <-r.done:
		case <-in.shutdowns:
			signalled = true
			if !in.interrupt(r) {
				return "shutdown", nil
			}
		case <-in.stopping:
			return "", errClosed()
		case <-ctx.Done():
			return "", ctx.Err()
		}
		raw, err := in.claim(r)
		nothing := errors.Is(err, errNothing)
		if signalled && nothing {
			return "shutdown", nil
		}
		if signalled {
			// A command that Redis has given already comes first.
			in.shutdowns <- struct{}{}
		}
		if !nothing {
			return raw, err
		}
	}
}

// interrupt ends a reading, to see whether Redis has given a command already; false where that cannot be found out soon.
func (in *inbox) interrupt(r *reading) bool {
	r.interrupted.Store(true)
	late := time.NewTimer(unblockWithin)
	defer late.Stop()
	tick := time.NewTicker(unblockEvery)
	defer tick.Stop()
	return in.unblockUntil(r, tick.C, late.C)
}

// read gives the reading under way, or begins one; nil when stopped. BLPOP takes the head of the list away; peeking leaves it there, by
// moving it to where it was.
func (in *inbox) read(peek bool) *reading {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stopped {
		return nil
	}
	if in.reading == nil {
		in.reading = &reading{done: make(chan struct{}), peeked: peek}
		go in.wait(in.reading)
	}
	return in.reading
}

// claim hands over what was read, unless it is to go back to Redis.
func (in *inbox) claim(r *reading) (string, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stopped {
		return "", errClosed()
	}
	r.claimed = true
	in.reading = nil
	return r.raw, r.err
}

func (in *inbox) wait(r *reading) {
	defer close(r.done)
	for failures := 0; ; failures++ {
		s, err := in.commands.ready()
		if err == nil {
			r.session = s
			r.raw, err = in.ask(s, r.peeked)
		}
		if err == nil {
			return
		}
		select {
		case <-in.stopping:
			r.err = errClosed()
			return
		default:
		}
		if errors.Is(err, ErrClosed) || (errors.Is(err, errNothing) && r.interrupted.Load()) {
			r.err = err
			return
		}
		if !isTransient(err) && !errors.Is(err, errNothing) {
			r.err = refused("to give commands ("+in.key+")", err)
			return
		}
		pause(failures, in.stopping)
	}
}

// errNothing: the waiting was ended by CLIENT UNBLOCK.
var errNothing = errors.New("no command")

func (in *inbox) ask(s *session, peek bool) (string, error) {
	if _, err := in.adopt(s); err != nil {
		return "", err
	}
	select {
	case <-in.stopping:
		return "", errNothing
	default:
	}
	words := []any{"BLPOP", in.key, "0"}
	if peek {
		words = []any{"BLMOVE", in.key, in.key, "LEFT", "LEFT", "0"}
	}
	reply, err := s.block(words...)
	if err != nil {
		return "", err
	}
	switch reply := reply.(type) {
	case string:
		return reply, nil
	case []any:
		if len(reply) == 2 {
			return fmt.Sprint(reply[1]), nil
		}
	}
	return "", errNothing
}

// stop ends a waiting. A command that arrives in the same instant, and one that nobody came back for, go to the head of the queue again.
func (in *inbox) stop(limit time.Duration) {
	in.mu.Lock()
	if in.stopped {
		in.mu.Unlock()
		return
	}
	in.stopped = true
	close(in.stopping)
	r := in.reading
	in.mu.Unlock()
	if r == nil {
		return
	}
	deadline := time.Now().Add(limit)
	in.unblock(r, min(unblockWithin, limit/2))
	if r.err == nil && !r.claimed && !r.peeked {
		in.giveBack(r.raw, time.Until(deadline))
	}
}

// unblock returns when the reading is done. It hangs up where Redis does not end it in time.
func (in *inbox) unblock(r *reading, limit time.Duration) {
	late := time.NewTimer(limit)
	defer late.Stop()
	tick := time.NewTicker(unblockEvery)
	defer tick.Stop()
	if !in.unblockUntil(r, tick.C, late.C) {
		in.commands.close()
		<-r.done
	}
}

// unblockUntil asks again and again, since the BLPOP may still be on its way when the first UNBLOCK is there.
func (in *inbox) unblockUntil(r *reading, tick, late <-chan time.Time) bool {
	for {
		in.mu.Lock()
		id := in.clientID
		in.mu.Unlock()
		if s := in.reports.now(); s != nil && id != "" {
			go s.callNow(unblockEvery, "CLIENT", "UNBLOCK", id)
		}
		select {
		case <-r.done:
			return true
		case <-tick:
		case <-late:
			return false
		}
	}
}

// giveBack puts a command at the head of the queue, where it came from.
func (in *inbox) giveBack(raw string, limit time.Duration) {
	late := time.NewTimer(limit)
	defer late.Stop()
	given := make(chan struct{})
	go func() {
		defer close(given)
		for failures := 0; ; failures++ {
			s, err := in.reports.ready()
			if err == nil {
				_, err = s.call("LPUSH", in.key, raw)
			}
			if err == nil || !isTransient(err) || !pause(failures, in.reports.closing) {
				return
			}
		}
	}()
	select {
	case <-given:
	case <-late.C:
	}
}
