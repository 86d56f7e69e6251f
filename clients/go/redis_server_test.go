package themule

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// A busy machine is slow, not wrong.
const patience = 60 * time.Second

// redisServer is a real one, of one test, on a free port of the loopback address. It keeps its data when it is started again.
type redisServer struct {
	t         testing.TB
	port      int
	arguments []string
	process   *exec.Cmd
	client    *redis.Client
}

func startRedis(t testing.TB, arguments ...string) *redisServer {
	t.Helper()
	r := &redisServer{t: t, port: freePort(t), arguments: append([]string{"--dir", t.TempDir()}, arguments...)}
	r.client = redis.NewClient(&redis.Options{Addr: r.address(), MaxRetries: -1, DisableIdentity: true, Protocol: 2})
	t.Cleanup(func() {
		r.client.Close()
		r.kill()
	})
	r.start()
	return r
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func (r *redisServer) address() string { return fmt.Sprintf("127.0.0.1:%d", r.port) }
func (r *redisServer) url() string     { return "redis://" + r.address() }

func (r *redisServer) start() {
	r.t.Helper()
	arguments := append([]string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}, r.arguments...)
	r.process = exec.Command("redis-server", arguments...)
	if err := r.process.Start(); err != nil {
		r.t.Fatalf("these tests need redis-server: %s", err)
	}
	eventually(r.t, "redis-server answers", func() bool {
		err := r.client.Ping(context.Background()).Err()
		return err == nil || strings.HasPrefix(err.Error(), "NOAUTH")
	})
}

// kill ends it without a word, and with all its data.
func (r *redisServer) kill() {
	if r.process != nil {
		_ = r.process.Process.Kill()
		_ = r.process.Wait()
		r.process = nil
	}
}

// freeze makes it hold its connections and answer nobody.
func (r *redisServer) freeze() { _ = r.process.Process.Signal(syscall.SIGSTOP) }
func (r *redisServer) thaw()   { _ = r.process.Process.Signal(syscall.SIGCONT) }

func (r *redisServer) do(words ...any) any {
	r.t.Helper()
	reply, err := r.client.Do(context.Background(), words...).Result()
	if err != nil && err != redis.Nil {
		r.t.Fatalf("%v: %s", words, err)
	}
	return reply
}

func (r *redisServer) push(commands ...string) {
	r.t.Helper()
	words := []any{"RPUSH", "alice_command"}
	for _, command := range commands {
		words = append(words, command)
	}
	r.do(words...)
}

func (r *redisServer) queued() []string { return r.list("alice_command") }

// logged is oldest first.
func (r *redisServer) logged() []string {
	lines := r.list("alice_log")
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	return lines
}

func (r *redisServer) list(key string) []string {
	r.t.Helper()
	values, err := r.client.LRange(context.Background(), key, 0, -1).Result()
	if err != nil {
		r.t.Fatal(err)
	}
	return values
}

func (r *redisServer) status() string {
	return r.client.Get(context.Background(), "alice_status").Val()
}

func (r *redisServer) streamed() []string {
	var statuses []string
	for _, entry := range r.client.XRange(context.Background(), "alice_statuses", "-", "+").Val() {
		statuses = append(statuses, entry.Values["status"].(string))
	}
	return statuses
}

// blocked tells whether a client of ours waits for commands.
func (r *redisServer) blocked() bool {
	return strings.Contains(r.client.Info(context.Background(), "clients").Val(), "blocked_clients:1")
}

// ours are the lines of CLIENT LIST of alice's connections.
func (r *redisServer) ours() []string {
	var lines []string
	for line := range strings.Lines(r.client.ClientList(context.Background()).Val()) {
		if strings.Contains(line, " name=peer:alice:") {
			lines = append(lines, line)
		}
	}
	return lines
}

// newClient builds a client of the peer alice. Each of the changes may say more of it. It is closed at the end of the test.
func newClient(t testing.TB, url string, changes ...func(*MuleClientBuilder)) *MuleClient {
	t.Helper()
	client, err := builder(t, url, changes...).Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func builder(t testing.TB, url string, changes ...func(*MuleClientBuilder)) *MuleClientBuilder {
	b := NewBuilder().RedisURL(url).PeerName("alice").HandleSignals(false).ForwardSlog(false).
		DelayFile(filepath.Join(t.TempDir(), "delay")).
		OnNotice(func(text string) { t.Log("notice: " + text) })
	for _, change := range changes {
		change(b)
	}
	return b
}

// notices gathers them.
type notices struct {
	mu    sync.Mutex
	texts []string
}

func (n *notices) of(b *MuleClientBuilder) {
	b.OnNotice(func(text string) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.texts = append(n.texts, text)
	})
}

func (n *notices) hold(part string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Contains(strings.Join(n.texts, "\n"), part)
}

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain until: %s", patience, what)
		}
	}
}

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if fmt.Sprintf("%q", fmt.Sprint(got)) != fmt.Sprintf("%q", fmt.Sprint(want)) || len(got) != len(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
