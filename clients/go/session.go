package themule

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// A connection that does not answer for so long counts as lost.
	answerWithin = 20 * time.Second
	// Silence after which the kernel asks whether the other side is still there.
	keepAliveIdle = 10 * time.Second
)

// session is one connection to Redis, from the dialling to its end; it is never repaired. Commands are neither queued nor repeated in here:
// one that got no answer gives a lostError, and its caller knows whether it may be sent twice.
type session struct {
	wire   *watchedConn
	client *redis.Client
	conn   *redis.Conn
	// Held during a command; a channel, so that waiting for it can be given up.
	turn chan struct{}

	ending sync.Once
	cause  error
	// Closed at the end, when cause says why.
	over chan struct{}
}

// openSession dials, logs in and asks whether Redis is ready. name is shown by CLIENT LIST.
func openSession(ctx context.Context, target redisTarget, name string) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	wire, err := dial(ctx, target)
	if err != nil {
		return nil, &lostError{err}
	}
	s := newSession(wire)
	interrupted := context.AfterFunc(ctx, func() { s.end(errors.New("no answer")) })
	defer interrupted()
	if err := s.greet(target, name); err != nil {
		s.end(err)
		if words := wire.lastWords(); words != "" && !isAnswer(err) {
			err = lastWords(words)
		}
		return nil, err
	}
	return s, nil
}

func dial(ctx context.Context, target redisTarget) (*watchedConn, error) {
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: 5 * time.Second, Count: 3}}
	conn, err := dialer.DialContext(ctx, "tcp", target.address())
	if err != nil {
		return nil, err
	}
	if target.tls {
		secured := tls.Client(conn, &tls.Config{ServerName: target.host, MinVersion: tls.VersionTLS12})
		if err := secured.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		conn = secured
	}
	return watch(conn), nil
}

// newSession takes over a connection that is there already.
func newSession(wire *watchedConn) *session {
	s := &session{wire: wire, turn: make(chan struct{}, 1), over: make(chan struct{})}
	s.lend()
	go func() {
		<-wire.over
		s.end(wire.why)
	}()
	return s
}

// lentConn is a connection that who uses it cannot close.
type lentConn struct{ *watchedConn }

func (lentConn) Close() error { return nil }

// lend gives go-redis the connection. When it is used up there is no other: making connections again is not left to go-redis, which does not
// tell of it.
func (s *session) lend() {
	handOver := make(chan net.Conn, 1)
	handOver <- lentConn{s.wire}
	s.client = redis.NewClient(&redis.Options{
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			select {
			case conn := <-handOver:
				return conn, nil
			default:
				return nil, errors.New("the connection is over")
			}
		},
		Protocol:                 2,
		PoolSize:                 1,
		PipelinePoolSize:         -1,
		MaxRetries:               -1,
		DialerRetries:            1,
		ReadTimeout:              -2,
		WriteTimeout:             -2,
		ConnMaxIdleTime:          -1,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	s.conn = s.client.Conn()
}

// lendAgain is for after an answer like READONLY, by which go-redis calls a connection bad and answers all that follows by itself. The
// connection is as good as before. Needs the turn.
func (s *session) lendAgain() {
	s.conn.Close()
	s.client.Close()
	s.lend()
}

// greet logs in by itself, so that Redis's own words say what it refuses.
func (s *session) greet(target redisTarget, name string) error {
	if target.password != "" {
		words := []any{"AUTH", target.username, target.password}
		if target.username == "" || target.username == "default" {
			// Who a password alone stands for; and a Redis before 6.0 knows no users.
			words = []any{"AUTH", target.password}
		}
		if _, err := s.call(words...); err != nil {
			return err
		}
	}
	if target.database != 0 {
		if _, err := s.call("SELECT", target.database); err != nil {
			return err
		}
	}
	// What an access list forbids of these two can be done without.
	if _, err := s.call("CLIENT", "SETNAME", name); err != nil && !isNotHad(err) {
		return err
	}
	if _, err := s.call("PING"); err != nil && !isNotHad(err) {
		return err
	}
	return nil
}

// call sends a command that Redis answers at once.
func (s *session) call(words ...any) (any, error) {
	return s.within(answerWithin, words)
}

// block sends a command that may wait for ever.
func (s *session) block(words ...any) (any, error) {
	return s.within(0, words)
}

// callNow is call for what is not worth queueing: false when the connection was busy until the time was up.
func (s *session) callNow(within time.Duration, words ...any) (sent bool, err error) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		_, err := s.do(answerWithin, words)
		return true, err
	case <-timer.C:
		return false, nil
	case <-s.over:
		return false, nil
	}
}

func (s *session) within(limit time.Duration, words []any) (any, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.do(limit, words)
}

// do needs the turn. A limit of 0 is none.
func (s *session) do(limit time.Duration, words []any) (any, error) {
	defer s.limit(limit)()
	reply, err := s.conn.Do(context.Background(), words...).Result()
	if isAnswer(err) && isTransient(err) {
		s.lendAgain()
	}
	return reply, s.judge(err)
}

// answer is what became of one command of a transaction.
type answer struct {
	reply any
	err   error
}

// transaction sends MULTI, the commands and EXEC at once, and gives the answer to each command, or an error where no answer came.
func (s *session) transaction(commands ...[]any) ([]answer, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	defer s.limit(answerWithin)()

	pipe := s.conn.Pipeline()
	multi := pipe.Do(context.Background(), "MULTI")
	queued := make([]*redis.Cmd, len(commands))
	for i, words := range commands {
		queued[i] = pipe.Do(context.Background(), words...)
	}
	exec := pipe.Do(context.Background(), "EXEC")
	switch _, err := pipe.Exec(context.Background()); {
	case err != nil && !isAnswer(err):
		return nil, s.judge(err)
	case err != nil && isTransient(err):
		s.lendAgain()
	}

	answers := make([]answer, len(commands))
	// One that cannot be queued makes EXEC fail, which only says so.
	refusal := exec.Err()
	for i, command := range slices.Backward(queued) {
		answers[i] = answer{command.Val(), command.Err()}
		if command.Err() != nil {
			refusal = command.Err()
		}
	}
	if multi.Err() != nil {
		// Each command was then executed for itself, which is not what was asked for.
		answers[0].err = multi.Err()
		return answers, nil
	}
	replies, _ := exec.Val().([]any)
	for i := range answers {
		answers[i] = answer{err: refusal}
		if refusal == nil && i < len(replies) {
			failure, _ := replies[i].(error)
			answers[i] = answer{replies[i], failure}
		}
	}
	return answers, nil
}

func (s *session) limit(limit time.Duration) (stop func()) {
	if limit == 0 {
		return func() {}
	}
	timer := time.AfterFunc(limit, func() { s.end(fmt.Errorf("no answer for %s", limit)) })
	return func() { timer.Stop() }
}

func (s *session) judge(err error) error {
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		return nil
	case isAnswer(err):
		return err
	}
	s.end(err)
	<-s.over
	return &lostError{s.cause}
}

func (s *session) isOver() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// end hangs up. What is in flight gives a lostError.
func (s *session) end(cause error) {
	s.ending.Do(func() {
		s.cause = cause
		s.wire.Close()
		close(s.over)
		// Waits for the command in flight, which the line above has ended.
		go func() {
			s.turn <- struct{}{}
			s.conn.Close()
			s.client.Close()
			<-s.turn
		}()
	})
}

func (t redisTarget) address() string { return net.JoinHostPort(t.host, strconv.Itoa(t.port)) }
