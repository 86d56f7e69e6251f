package themule

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestBuildWaitsForARedisThatComesLater(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.kill()
	built := make(chan error)
	go func() {
		client, err := builder(t, r.url(), func(b *MuleClientBuilder) { b.ConnectTimeout(patience) }).Build(context.Background())
		if err == nil {
			err = client.Close()
		}
		built <- err
	}()
	time.Sleep(100 * time.Millisecond)
	r.start()
	if err := <-built; err != nil {
		t.Error(err)
	}
}

func TestBuildTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	r := startRedis(t, "--requirepass", "s3cret")
	host := r.address()
	for name, c := range map[string]struct {
		url  string
		kind error
		says string
	}{
		"a wrong password":   {"redis://:wr0ng@" + host, ErrRefused, "WRONGPASS"},
		"no password":        {"redis://" + host, ErrRefused, "NOAUTH"},
		"no such database":   {"redis://:s3cret@" + host + "/99", ErrRefused, "out of range"},
		"nobody there":       {"redis://127.0.0.1:" + strconv.Itoa(freePort(t)), ErrUnreachable, "refused"},
		"one who is no host": {"redis://host.invalid", ErrUnreachable, "host.invalid"},
	} {
		client, err := builder(t, c.url, func(b *MuleClientBuilder) { b.ConnectTimeout(2 * time.Second) }).Build(t.Context())
		if err == nil {
			client.Close()
		}
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "wr0ng") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if client, err := builder(t, "redis://default:s3cret@"+host+"/3").Build(t.Context()); err != nil {
		t.Error(err)
	} else {
		sendStatus(t, client, "started")
		client.Close()
		if got := r.client.Do(t.Context(), "AUTH", "s3cret").Err(); got != nil {
			t.Fatal(got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := builder(t, r.url()).Build(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func TestAServerThatIsFullIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	r.do("CONFIG", "SET", "maxclients", "1")
	_, err := builder(t, r.url(), func(b *MuleClientBuilder) { b.ConnectTimeout(300 * time.Millisecond) }).Build(t.Context())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "max number of clients") {
		t.Errorf("got %v", err)
	}
}

func TestOneWhoDoesNotAnswerIsUnreachable(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	_, err = builder(t, "redis://"+silent.Addr().String(), func(b *MuleClientBuilder) { b.ConnectTimeout(300 * time.Millisecond) }).Build(t.Context())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
}

func TestTwoConnectionsAndNoMore(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	before := r.connectionsMade()
	client := newClient(t, r.url())
	commands := client.Commands()
	for i := range 100 {
		r.push(fmt.Sprint(i))
		receive(t, commands)
		sendStatus(t, client, "x")
	}
	if ours := r.ours(); len(ours) != 2 {
		t.Errorf("connections: %v", ours)
	}
	if made := r.connectionsMade() - before; made != 2 {
		t.Errorf("%d connections were made", made)
	}
}

func (r *redisServer) connectionsMade() int {
	for line := range strings.Lines(r.client.Info(context.Background(), "stats").Val()) {
		if number, found := strings.CutPrefix(strings.TrimSpace(line), "total_connections_received:"); found {
			made, _ := strconv.Atoi(number)
			return made
		}
	}
	r.t.Fatal("Redis does not tell how many connections there were")
	return 0
}

func TestReconnectingIsPatient(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	p := startProxy(t, r.address())
	var told notices
	client := newClient(t, p.url(), told.of)
	p.setDown(true)
	p.reset()
	eventually(t, "the loss is told of", func() bool { return told.hold("lost Redis") })
	time.Sleep(300 * time.Millisecond)
	p.setDown(false)
	sendStatus(t, client, "connected")
	eventually(t, "the return is told of", func() bool { return told.hold("connected to Redis") })
}

// It counts the goroutines of the whole process, so it is not parallel.
func TestNothingIsLeftRunning(t *testing.T) {
	r := startRedis(t)
	p := startProxy(t, r.address())
	// Of ours and of go-redis; the proxy of this test has some too.
	count := func() int {
		count := 0
		for stack := range strings.SplitSeq(stacks(), "\n\n") {
			if (strings.Contains(stack, "the-mule/go.") || strings.Contains(stack, "go-redis")) &&
				!strings.Contains(stack, "the-mule/go.(*proxy)") && !strings.Contains(stack, "the-mule/go.(*pair)") {
				count++
			}
		}
		return count
	}
	before := count()
	for i := range 6 {
		client, err := builder(t, p.url(), func(b *MuleClientBuilder) { b.ForwardSlog(i%2 == 0).HandleSignals(true).Heartbeat(1) }).Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			client.Commands()
		case 1:
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, _ = client.Next(ctx)
			cancel()
		}
		sendStatus(t, client, "started")
		p.reset()
		sendStatus(t, client, "stopped")
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := builder(t, "redis://127.0.0.1:1", func(b *MuleClientBuilder) { b.ConnectTimeout(time.Millisecond) }).Build(t.Context()); err == nil {
		t.Fatal("there is a Redis at port 1")
	}
	for deadline := time.Now().Add(patience); count() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", stacks())
		}
	}
}

func stacks() string {
	buffer := make([]byte, 1<<20)
	return string(buffer[:runtime.Stack(buffer, true)])
}
