package themule

import (
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"errors"
)

// A session that lived for so long was a good one: the pauses begin anew.
const soundSession = 5 * time.Second

// connection is one session to Redis after the other, for ever once the first has stood.
type connection struct {
	target  redisTarget
	name    string
	purpose string
	notice  func(string)

	mu      sync.Mutex
	current *session
	// Closed and made anew each time that current changes.
	changed chan struct{}

	closing   chan struct{}
	closeOnce sync.Once
	done      chan struct{}
}

// openConnection tries until Redis answers or the deadline is there; a refusal that waiting does not change ends it at once. timeout is what
// the caller grants in all, for the message.
func openConnection(
	ctx context.Context, target redisTarget, name, purpose string, deadline time.Time, timeout time.Duration, notice func(string),
) (*connection, error) {
	c := &connection{
		target: target, name: name, purpose: purpose, notice: notice,
		changed: make(chan struct{}), closing: make(chan struct{}), done: make(chan struct{}),
	}
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	because := errors.New("no answer")
	for attempt := 0; ; attempt++ {
		s, err := openSession(limited, target, name)
		if err == nil {
			c.current = s
			return c, nil
		}
		if isAnswer(err) && !isTransient(err) {
			return nil, &Error{Kind: ErrRefused, Message: fmt.Sprintf("Redis at %s refuses this peer: %s", target.address(), err), Cause: err}
		}
		if limited.Err() == nil || attempt == 0 {
			// Of an attempt that was cut short the one before tells more.
			because = err
		}
		if pause(attempt, limited.Done()) {
			continue
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("no Redis at %s yet: %w", target.address(), context.Cause(ctx))
		}
		return nil, &Error{
			Kind:    ErrUnreachable,
			Message: fmt.Sprintf("cannot reach Redis at %s: %s (tried for %s)", target.address(), because, timeout),
			Cause:   because,
		}
	}
}

// keep watches over the sessions until the connection is closed. restored is called each time that there is one again; it must not block.
func (c *connection) keep(restored func()) {
	defer close(c.done)
	attempt := 0
	for s := c.current; ; {
		since := time.Now()
		select {
		case <-c.closing:
			s.end(errClosed())
			return
		case <-s.over:
		}
		c.become(nil)
		if time.Since(since) >= soundSession {
			attempt = 0
		}
		c.notice(fmt.Sprintf("lost Redis at %s (%s): %s; connecting again", c.target.address(), c.purpose, plain(s.cause)))
		if s = c.again(&attempt); s == nil {
			return
		}
		c.become(s)
		c.notice(fmt.Sprintf("connected to Redis at %s again (%s)", c.target.address(), c.purpose))
		restored()
	}
}

// again gives the next session; nil when the connection was closed first.
func (c *connection) again(attempt *int) *session {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-c.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	for told := false; ; {
		if !pause(*attempt, c.closing) {
			return nil
		}
		*attempt++
		s, err := openSession(ctx, c.target, c.name)
		if err == nil {
			return s
		}
		if ctx.Err() != nil {
			return nil
		}
		if isAnswer(err) && !isTransient(err) && !told {
			// Said once: it stays so until somebody changes the server.
			told = true
			c.notice(fmt.Sprintf("Redis at %s refuses this peer, and is asked again: %s", c.target.address(), err))
		}
	}
}

func (c *connection) become(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = s
	close(c.changed)
	c.changed = make(chan struct{})
}

// now gives the session that stands, or nil.
func (c *connection) now() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// ready waits for a session that stands. The error is ErrClosed.
func (c *connection) ready() (*session, error) {
	for {
		c.mu.Lock()
		s, changed := c.current, c.changed
		c.mu.Unlock()
		select {
		case <-c.closing:
			return nil, errClosed()
		default:
		}
		if s != nil && !s.isOver() {
			return s, nil
		}
		select {
		case <-changed:
		case <-c.closing:
			return nil, errClosed()
		}
	}
}

// close hangs up for good, once keep is running; what is in flight gives a lostError.
func (c *connection) close() {
	c.closeOnce.Do(func() { close(c.closing) })
	<-c.done
}

// plain says in a word what the network says in many.
func plain(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "closed by the server"
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset"
	default:
		return err.Error()
	}
}
