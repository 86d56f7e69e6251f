package themule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func receive(t *testing.T, commands <-chan string) string {
	t.Helper()
	select {
	case command, open := <-commands:
		if !open {
			t.Fatal("the channel is closed")
		}
		return command
	case <-time.After(patience):
		t.Fatal("no command")
		return ""
	}
}

func sendStatus(t *testing.T, client *MuleClient, status string) {
	t.Helper()
	if err := client.SendStatus(t.Context(), status); err != nil {
		t.Fatal(err)
	}
}

// offering tells whether a command is being offered or removed.
func (f *feed) offering() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settled != nil
}

func TestChannelTakesACommandWhenItIsReceived(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	r.push("a")
	sendStatus(t, client, "one")
	equal(t, "without Commands", r.queued(), []string{"a"})

	commands := client.Commands()
	r.push("a", "b", "c")
	equal(t, "received", []string{receive(t, commands)}, []string{"a"})
	// The status waits for the removal, so what is left can be looked at.
	sendStatus(t, client, "two")
	equal(t, "left in Redis", r.queued(), []string{"a", "b", "c"})
	equal(t, "received", []string{receive(t, commands), receive(t, commands)}, []string{"a", "b"})
	sendStatus(t, client, "three")
	equal(t, "left in Redis", r.queued(), []string{"c"})
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-commands; open {
		t.Error("the channel is open after Close")
	}
	equal(t, "left in Redis", r.queued(), []string{"c"})
}

func TestChannelKeepsTheOrder(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	commands := client.Commands()
	go func() {
		for i := range 300 {
			// Two of each.
			r.client.RPush(context.Background(), "alice_command", fmt.Sprint(i/2))
		}
	}()
	for i := range 300 {
		if got := receive(t, commands); got != fmt.Sprint(i/2) {
			t.Fatalf("got %s, want %d", got, i/2)
		}
	}
	sendStatus(t, client, "done")
	equal(t, "left in Redis", r.queued(), nil)
}

func TestChannelRestartIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"Restart", "SendStatus"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			for round := range 20 {
				exited := 0
				delay := filepath.Join(t.TempDir(), fmt.Sprint(round))
				client := newClient(t, r.url(), func(b *MuleClientBuilder) { b.DelayFile(delay).Exit(func(code int) { exited = code }) })
				r.push("restart|2", fmt.Sprint("after ", round))
				command := ParseCommand(receive(t, client.Commands()))
				if how == "SendStatus" {
					// As peers do that write the delay and exit by themselves.
					sendStatus(t, client, "restarting")
					equal(t, "left in Redis", r.queued(), []string{fmt.Sprint("after ", round)})
					client.Close()
				} else {
					if err := client.Restart(t.Context(), command.Delay); err != nil {
						t.Fatal(err)
					}
					if text := readFile(t, delay); exited != 42 || text != "2\n" || r.status() != "restarting" {
						t.Fatalf("exit %d, delay %q, status %s", exited, text, r.status())
					}
				}
				equal(t, "left in Redis", r.queued(), []string{fmt.Sprint("after ", round)})
				r.do("DEL", "alice_command")
			}
		})
	}
}

func TestChannelThroughLostConnections(t *testing.T) {
	t.Parallel()
	breaks := map[string]func(*proxy){"noticed by both sides": (*proxy).reset, "which the server still believes in": (*proxy).cut}
	for name, breakIt := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			p := startProxy(t, r.address())
			client := newClient(t, p.url())
			commands := client.Commands()
			for round := range 5 {
				breakIt(p)
				r.push(fmt.Sprint("a", round), fmt.Sprint("b", round))
				for _, name := range []string{"a", "b"} {
					want := fmt.Sprint(name, round)
					if got := receive(t, commands); got != want {
						t.Fatalf("got %s, want %s", got, want)
					}
					sendStatus(t, client, "got "+want)
				}
			}
			equal(t, "left in Redis", r.queued(), nil)
		})
	}
}

// The connection breaks, and only this side notices, when the command is handed over and not yet removed.
func TestChannelRemovalThatGotNoAnswer(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"request", "answer"} {
		t.Run(lost, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			p := startProxy(t, r.address())
			client := newClient(t, p.url())
			// The second is equal to the first, and must not be taken for it.
			r.push("add|1", "add|1", "end")
			commands := client.Commands()
			eventually(t, "the first is offered", client.feed.offering)
			session := client.commands.now()
			if lost == "request" {
				p.swallow()
			} else {
				r.freeze()
			}
			equal(t, "received", []string{receive(t, commands)}, []string{"add|1"})
			if lost == "answer" {
				// It lies at the server's side when the proxy goes deaf; then the server reads it, and answers nobody.
				time.Sleep(200 * time.Millisecond)
				p.swallow()
				r.thaw()
				eventually(t, "the server has removed it", func() bool { return len(r.queued()) == 2 })
			} else {
				eventually(t, "the removal is under way", func() bool { return len(session.turn) == 1 })
			}
			session.end(fmt.Errorf("no answer, says the test"))
			equal(t, "received", []string{receive(t, commands), receive(t, commands)}, []string{"add|1", "end"})
			eventually(t, "all are removed", func() bool { return len(r.queued()) == 0 })
		})
	}
}

func TestChannelReadsAheadWhereRedisHasNoBLMOVE(t *testing.T) {
	t.Parallel()
	for _, forbidden := range []string{"blmove", "lrem"} {
		t.Run(forbidden, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			r.do("ACL", "SETUSER", "peer", "on", ">s3cret", "~*", "+@all", "-"+forbidden)
			var told notices
			url := strings.Replace(r.url(), "redis://", "redis://peer:s3cret@", 1)
			client := newClient(t, url, told.of)
			commands := client.Commands()
			r.push("a", "b", "restart|1", "c", "d")
			for _, want := range []string{"a", "b", "restart|1"} {
				if got := receive(t, commands); got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
			}
			sendStatus(t, client, "restarting")
			equal(t, "left in Redis", r.queued(), []string{"c", "d"})
			if !told.hold("read one ahead") {
				t.Error("it was not told that commands are read ahead")
			}
		})
	}
}

// A notice may well be made a status or a line.
func TestChannelTellsOfReadingAheadWithoutALock(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("ACL", "SETUSER", "peer", "on", ">s3cret", "~*", "+@all", "-blmove")
	var client *MuleClient
	built := make(chan struct{})
	client = newClient(t, strings.Replace(r.url(), "redis://", "redis://peer:s3cret@", 1), func(b *MuleClientBuilder) {
		b.OnNotice(func(text string) {
			<-built
			_ = client.Err()
			client.settle(t.Context(), "x")
			client.Log(slog.LevelInfo, text)
		})
	})
	close(built)
	r.push("a")
	if got := receive(t, client.Commands()); got != "a" {
		t.Errorf("got %s", got)
	}
}

func TestChannelGivesBackAtCloseWhatItReadAhead(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("ACL", "SETUSER", "peer", "on", ">s3cret", "~*", "+@all", "-blmove")
	client := newClient(t, strings.Replace(r.url(), "redis://", "redis://peer:s3cret@", 1))
	commands := client.Commands()
	r.push("a", "b", "c")
	receive(t, commands)
	eventually(t, "one is read ahead", func() bool { return len(r.queued()) == 1 })
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	equal(t, "in Redis", r.queued(), []string{"b", "c"})
}

// The connection was lost before the command was received: its removal was not sent, so it is done on the next one.
func TestChannelRemovalThatWasNotSent(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	r.push("a", "a", "b")
	feed := newFeed(client.inbox, func(text string) { t.Log(text) })
	lost := client.commands.now()
	lost.end(errors.New("lost, says the test"))
	feed.remove("a", lost)
	equal(t, "left in Redis", r.queued(), []string{"a", "b"})
}

func TestChannelLeavesWhatComesWhileItIsClosed(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	client.Commands()
	eventually(t, "it waits", r.blocked)
	closed := make(chan error)
	go func() { closed <- client.Close() }()
	var pushed []string
	for i := range 20 {
		pushed = append(pushed, fmt.Sprint(i))
		r.push(pushed[i])
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	equal(t, "left in Redis", r.queued(), pushed)
}
