package themule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAStatusComesAfterAllThatWasLoggedBefore(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url(), func(b *MuleClientBuilder) { b.StatusGap(0) })
	var want []string
	for i := range 5_000 {
		client.Log(slog.LevelInfo, fmt.Sprint("line ", i))
		client.Log(slog.LevelDebug, "not grave enough")
		want = append(want, fmt.Sprint("info|line ", i))
	}
	sendStatus(t, client, "started|/ip4/127.0.0.1/udp/1")
	equal(t, "log", r.logged(), want)

	statuses := []string{"started|/ip4/127.0.0.1/udp/1"}
	for i := range 200 {
		status := fmt.Sprint("word-", i, "|a detail|with bars")
		statuses = append(statuses, status)
		if err := client.PostStatus(status); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "stream", r.streamed(), statuses)
	if r.status() != statuses[200] {
		t.Errorf("the status is %s", r.status())
	}
	reports := map[any]bool{}
	for _, entry := range r.client.XRange(t.Context(), "alice_statuses", "-", "+").Val() {
		reports[entry.Values["report"]] = true
		if at, _ := entry.Values["at"].(string); !regexp.MustCompile(`^\d{13}$`).MatchString(at) {
			t.Errorf("at is %q", at)
		}
	}
	if len(reports) != 201 {
		t.Errorf("%d different reports of 201", len(reports))
	}
	for _, bad := range []string{"", "|x"} {
		if client.SendStatus(t.Context(), bad) == nil || client.PostStatus(bad) == nil {
			t.Errorf("the status %q is taken", bad)
		}
	}
}

func TestStatusesAreApartWhereNobodyReadsTheStream(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("ACL", "SETUSER", "peer", "on", ">s3cret", "~*", "+@all", "-xadd")
	var told notices
	client := newClient(t, strings.Replace(r.url(), "redis://", "redis://peer:s3cret@", 1), told.of,
		func(b *MuleClientBuilder) { b.StatusGap(30 * time.Millisecond) })
	since := time.Now()
	for i := range 5 {
		sendStatus(t, client, fmt.Sprint("word", i))
	}
	if took := time.Since(since); took < 4*30*time.Millisecond {
		t.Errorf("5 statuses took %s", took)
	}
	if r.status() != "word4" || len(r.streamed()) != 0 || !told.hold("may hide each other") {
		t.Errorf("status %s, stream %v, notices %v", r.status(), r.streamed(), told.texts)
	}
}

func TestARefusedStatusIsAnErrorAndOthersGoOn(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("ACL", "SETUSER", "peer", "on", ">s3cret", "~*", "+@all", "-set")
	client := newClient(t, strings.Replace(r.url(), "redis://", "redis://peer:s3cret@", 1))
	if err := client.SendStatus(t.Context(), "started"); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
	client.Log(slog.LevelInfo, "still here")
	if err := client.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	equal(t, "log", r.logged(), []string{"info|still here"})
}

func TestWhatIsRefusedForNowIsSentAgain(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	var told notices
	client := newClient(t, r.url(), told.of)
	r.do("CONFIG", "SET", "maxmemory", "1")
	client.Log(slog.LevelInfo, "first")
	done := make(chan error)
	go func() { done <- client.SendStatus(context.Background(), "started") }()
	eventually(t, "it is told of", func() bool { return told.hold("OOM") })
	r.do("CONFIG", "SET", "maxmemory", "0")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	equal(t, "log", r.logged(), []string{"info|first"})
	equal(t, "stream", r.streamed(), []string{"started"})
}

func TestAnOutageLosesNothing(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	var told notices
	client := newClient(t, r.url(), told.of, func(b *MuleClientBuilder) { b.LogBufferLines(100) })
	sendStatus(t, client, "started")
	r.kill()
	// Noticed without being used.
	eventually(t, "the loss is told of", func() bool { return told.hold("(reports)") && told.hold("(commands)") })

	since := time.Now()
	for i := range 130 {
		client.Log(slog.LevelInfo, fmt.Sprint(i))
	}
	if took := time.Since(since); took > 5*time.Second {
		t.Errorf("130 lines took their writer %s", took)
	}
	if err := client.PostStatus("connected"); err != nil {
		t.Fatal(err)
	}
	r.start()
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := r.logged()
	if len(lines) != 101 || lines[0] != "info|0" || lines[99] != "info|99" ||
		lines[100] != "warn|30 log lines are missing here: the peer's log buffer was full" {
		t.Errorf("%d lines: %v", len(lines), lines)
	}
	equal(t, "stream", r.streamed(), []string{"connected"})
}

func TestTheLastStatusIsPutBackInANewServer(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url())
	sendStatus(t, client, "started")
	sendStatus(t, client, "connected")
	r.kill()
	r.start()
	eventually(t, "it is there again", func() bool { return r.status() == "connected" })
	if len(r.streamed()) != 0 {
		t.Errorf("it is in the stream: %v", r.streamed())
	}
	// Where there is one, that one stays.
	r.do("SET", "alice_status", "other")
	r.do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	eventually(t, "both are there again", func() bool { return len(r.ours()) == 2 })
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.status() != "other" {
		t.Errorf("the status is %s", r.status())
	}
}

func TestCloseIsBoundedAndCounts(t *testing.T) {
	t.Parallel()
	for _, reader := range []string{"none", "Next", "Commands"} {
		t.Run(reader, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			client := newClient(t, r.url(), func(b *MuleClientBuilder) { b.CloseTimeout(300 * time.Millisecond) })
			switch reader {
			case "Next":
				go func() { _, _ = client.Next(context.Background()) }()
				eventually(t, "Next waits", r.blocked)
			case "Commands":
				r.push("a", "b")
				commands := client.Commands()
				receive(t, commands)
				sendStatus(t, client, "got")
				eventually(t, "the second is offered", client.feed.offering)
				r.freeze()
				// Handed over, and the removal gets no answer.
				receive(t, commands)
			}
			r.freeze()
			client.Log(slog.LevelInfo, "x")
			client.Log(slog.LevelInfo, "y")
			if err := client.PostStatus("stopped"); err != nil {
				t.Fatal(err)
			}
			since := time.Now()
			err := client.Close()
			if err == nil || !strings.HasPrefix(err.Error(), "3 log lines and statuses") {
				t.Errorf("Close gives %v", err)
			}
			if took := time.Since(since); took > 5*time.Second {
				t.Errorf("Close took %s", took)
			}
			if again := client.Close(); again != err {
				t.Errorf("Close gives %v when it is called again", again)
			}
			r.thaw()
		})
	}
}

func TestFlushEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := newClient(t, r.url(), func(b *MuleClientBuilder) { b.CloseTimeout(time.Millisecond) })
	r.freeze()
	defer r.thaw()
	client.Log(slog.LevelInfo, "x")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := client.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
