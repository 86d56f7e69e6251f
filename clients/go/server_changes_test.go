package themule

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// A server that begins to follow another one ends the waiting with UNBLOCKED, and then refuses with READONLY.
func TestAServerThatFollowsAnotherOneForAWhileIsAskedAgain(t *testing.T) {
	t.Parallel()
	reads := map[string]func(*testing.T, *MuleClient) func() string{
		"Next": func(t *testing.T, client *MuleClient) func() string {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := client.Next(ctx); ctx.Err() == nil {
				t.Errorf("a command out of nothing, or %v", err)
			}
			return func() string {
				command, err := client.Next(t.Context())
				if err != nil {
					t.Error(err)
				}
				return command.Raw
			}
		},
		"Commands": func(t *testing.T, client *MuleClient) func() string {
			commands := client.Commands()
			return func() string { return receive(t, commands) }
		},
	}
	for name, begin := range reads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			client := newClient(t, r.url())
			next := begin(t, client)
			eventually(t, "it waits", r.blocked)
			r.do("REPLICAOF", "127.0.0.1", "1")
			client.Log(slog.LevelInfo, "kept")
			status := client.outbox.status("kept")
			time.Sleep(200 * time.Millisecond)
			r.do("REPLICAOF", "NO", "ONE")
			if err := <-status; err != nil {
				t.Error(err)
			}
			equal(t, "log", r.logged(), []string{"info|kept"})
			r.push("connect")
			if got := next(); got != "connect" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A server that was started anew counts its connections from the beginning.
func TestANewServerThatGivesTheOldNumberAgainIsNoReasonToHangUp(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	p := startProxy(t, r.address())
	id := func() int {
		// Each on a connection of its own.
		one := redis.NewClient(&redis.Options{Addr: r.address(), MaxRetries: -1, DisableIdentity: true, Protocol: 2})
		defer one.Close()
		number, err := one.ClientID(context.Background()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return int(number)
	}
	for id() < 50 {
	}
	var lost atomic.Int32
	client := newClient(t, p.url(), func(b *MuleClientBuilder) {
		b.OnNotice(func(text string) {
			t.Log(text)
			if strings.HasPrefix(text, "lost Redis") {
				lost.Add(1)
			}
		})
	})
	commands := client.Commands()
	eventually(t, "it waits", r.blocked)
	old, err := strconv.Atoi(client.inbox.number())
	if err != nil {
		t.Fatal(err)
	}
	p.setDown(true)
	p.reset()
	r.kill()
	r.start()
	for id() < old-1 {
	}
	p.setDown(false)
	r.push("connect")
	if got := receive(t, commands); got != "connect" {
		t.Errorf("got %q", got)
	}
	sendStatus(t, client, "here")
	eventually(t, "it waits again", r.blocked)
	if got := lost.Load(); got != 2 {
		t.Errorf("%d connections were lost, of 2; the old number was %d, the new one is %s", got, old, client.inbox.number())
	}
}

func (in *inbox) number() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.clientID
}
