package themule

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func next(t *testing.T, client *MuleClient) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command, err := client.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return command.Raw
}

func TestNextTakesOneCommandWhenAsked(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	r.push("connect", "push|bob|hi", "restart|3", "connect")
	equal(t, "taken", []string{next(t, client), next(t, client)}, []string{"connect", "push|bob|hi"})
	// Also a round trip later.
	if err := client.SendStatus(t.Context(), "connected"); err != nil {
		t.Fatal(err)
	}
	equal(t, "left in Redis", r.queued(), []string{"restart|3", "connect"})
}

func TestNextLosesNothingWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "Next waits", r.blocked)
		cancel()
	}()
	if _, err := client.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	r.push("a", "b")
	equal(t, "taken", []string{next(t, client), next(t, client)}, []string{"a", "b"})
}

func TestCloseGivesBackWhatNobodyCameBackFor(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "Next waits", r.blocked)
		cancel()
	}()
	_, _ = client.Next(ctx)
	r.push("a")
	eventually(t, "it is read", func() bool { return len(r.queued()) == 0 })
	r.push("b")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	equal(t, "in Redis", r.queued(), []string{"a", "b"})
}

func TestCloseEndsTheWaitingAndLeavesWhatComes(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	ended := make(chan error)
	go func() {
		for range client.All(context.Background()) {
		}
		ended <- client.Err()
	}()
	eventually(t, "the loop waits", r.blocked)
	closed := make(chan error)
	go func() { closed <- client.Close() }()
	for i := range 20 {
		r.push(fmt.Sprint(i))
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("after Close, Err is %v", err)
	}
	// The loop may have taken some before it was closed; the others are whole and in order.
	left := r.queued()
	for i, command := range left {
		if want := fmt.Sprint(20 - len(left) + i); command != want {
			t.Fatalf("left in Redis: %v", left)
		}
	}
	if _, err := client.Next(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("Next after Close gives %v", err)
	}
	if err := client.SendStatus(context.Background(), "x"); !errors.Is(err, ErrClosed) {
		t.Errorf("SendStatus after Close gives %v", err)
	}
	if _, open := <-client.Commands(); open {
		t.Error("Commands after Close gives an open channel")
	}
}

func TestCommandsHaveOneReader(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, _ = client.Next(ctx) }()
	eventually(t, "Next waits", r.blocked)
	if _, err := client.Next(t.Context()); err == nil || errors.Is(err, ErrClosed) {
		t.Errorf("a second reader gets %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Commands after Next does not panic")
			}
		}()
		client.Commands()
	}()

	other := newClient(t, r.url())
	other.Commands()
	if _, err := other.Next(t.Context()); err == nil {
		t.Error("Next after Commands gives no error")
	}
}

func TestARefusalEndsTheCommands(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("SET", "alice_command", "no list")
	client := newClient(t, r.url())
	for range client.All(t.Context()) {
		t.Error("a command out of nothing")
	}
	if err := client.Err(); !errors.Is(err, ErrRefused) {
		t.Errorf("All ends with %v", err)
	}
	var told notices
	other := newClient(t, r.url(), told.of)
	if _, open := <-other.Commands(); open {
		t.Error("a command out of nothing")
	}
	// Who ranges over the channel may not ask for Err.
	if !told.hold("no commands any more: Redis refuses") {
		t.Error("it was not told why the channel has ended")
	}
	if err := other.Err(); !errors.Is(err, ErrRefused) {
		t.Errorf("Commands ends with %v", err)
	}
}

// current is the session that commands are read from.
func (in *inbox) current() *session {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.adopted
}

func TestNextThroughLostConnections(t *testing.T) {
	t.Parallel()
	breaks := map[string]func(*proxy){"noticed by both sides": (*proxy).reset, "which the server still believes in": (*proxy).cut}
	for name, breakIt := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			p := startProxy(t, r.address())
			client := newClient(t, p.url())
			got := make(chan string)
			go func() {
				for command := range client.All(context.Background()) {
					got <- command.Raw
				}
			}()
			for round := range 3 {
				eventually(t, "the loop waits", r.blocked)
				before := client.inbox.current()
				breakIt(p)
				// A new session has been adopted, which ends the old one, so whoever is blocked is the new one.
				eventually(t, "it waits again", func() bool { return client.inbox.current() != before && r.blocked() })
				r.push(fmt.Sprint("a", round), fmt.Sprint("b", round))
				for _, want := range []string{"a", "b"} {
					select {
					case command := <-got:
						if command != fmt.Sprint(want, round) {
							t.Fatalf("got %s, want %s%d", command, want, round)
						}
					case <-time.After(patience):
						t.Fatalf("%s%d is lost", want, round)
					}
				}
			}
		})
	}
}
