package themule

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// peerVariable makes the test binary a peer, in a process of its own.
const peerVariable = "THEMULE_TEST_PEER"

func TestMain(m *testing.M) {
	if os.Getenv(peerVariable) != "" {
		runPeer(os.Getenv(peerVariable))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runPeer(how string) {
	ctx := context.Background()
	client, err := NewBuilder().Build(ctx)
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	defer client.Close()
	_ = client.SendStatus(ctx, "started")
	fmt.Println("started")
	obey := func(command Command) (end bool) {
		slog.Info("command " + command.Raw)
		switch command.Kind {
		case KindRestart:
			for i := range 3000 {
				slog.Info("line", "n", i)
			}
			fmt.Println(client.Restart(ctx, command.Delay))
		case KindShutdown:
			if how == "hangs" {
				fmt.Println("hangs")
				select {}
			}
			_ = client.SendStatus(ctx, "stopped")
			return true
		}
		return false
	}
	if how == "channel" {
		for raw := range client.Commands() {
			if obey(ParseCommand(raw)) {
				return
			}
		}
	}
	for command := range client.All(ctx) {
		if obey(command) {
			return
		}
	}
}

type process struct {
	*exec.Cmd
	t      *testing.T
	lines  *bufio.Scanner
	errors strings.Builder
	delay  string
}

func startPeer(t *testing.T, how string, r *redisServer) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0]), t: t, delay: filepath.Join(t.TempDir(), "delay")}
	p.Env = append(os.Environ(), peerVariable+"="+how, "REDIS_URL="+r.url(), "PEER_NAME=alice", "TM_RUN_ID=run-1", "TM_DELAY_FILE="+p.delay)
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = &p.errors
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	p.lines = bufio.NewScanner(out)
	p.says("started")
	return p
}

func (p *process) says(want string) {
	p.t.Helper()
	if !p.lines.Scan() || p.lines.Text() != want {
		p.t.Fatalf("the peer says %q, %v; want %q; stderr: %s", p.lines.Text(), p.lines.Err(), want, p.errors.String())
	}
}

func (p *process) exits() *os.ProcessState {
	p.t.Helper()
	timer := time.AfterFunc(patience, func() { _ = p.Process.Kill() })
	defer timer.Stop()
	_ = p.Wait()
	return p.ProcessState
}

func TestRestartOfAProcess(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"all", "channel"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			p := startPeer(t, how, r)
			r.push("restart|1.5", "after")
			if code := p.exits().ExitCode(); code != 42 {
				t.Fatalf("exit code %d; stderr: %s", code, p.errors.String())
			}
			lines := r.logged()
			if len(lines) != 3001 || lines[0] != "info|command restart|1.5" || lines[3000] != "info|line n=2999" {
				t.Errorf("%d lines, of which the last is %s", len(lines), lines[len(lines)-1])
			}
			if text := readFile(t, p.delay); text != "2\n" {
				t.Errorf("the delay is %q", text)
			}
			equal(t, "left in Redis", r.queued(), []string{"after"})
			equal(t, "stream", r.streamed(), []string{"started", "restarting"})
			if p.errors.String() != "" {
				t.Errorf("stderr: %s", p.errors.String())
			}
		})
	}
}

func TestSignalsOfAProcess(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"all", "channel"} {
		for _, which := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(how+" "+which.String(), func(t *testing.T) {
				t.Parallel()
				r := startRedis(t)
				p := startPeer(t, how, r)
				_ = p.Process.Signal(which)
				if code := p.exits().ExitCode(); code != 0 || r.status() != "stopped" {
					t.Errorf("exit code %d, status %s; stderr: %s", code, r.status(), p.errors.String())
				}
				equal(t, "log", r.logged(), []string{"info|command shutdown"})
			})
		}
	}
	t.Run("the second one ends it", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, "hangs", startRedis(t))
		_ = p.Process.Signal(syscall.SIGTERM)
		p.says("hangs")
		_ = p.Process.Signal(syscall.SIGINT)
		if state := p.exits().Sys().(syscall.WaitStatus); !state.Signaled() || state.Signal() != syscall.SIGINT {
			t.Errorf("it ended with %v", state)
		}
	})
}

func TestHeartbeats(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	c, err := readConfiguration(
		builder(t, r.url(), func(b *MuleClientBuilder) { b.Heartbeat(30 * time.Millisecond) }).options,
		environment(map[string]string{"TM_RUN_ID": "run-1"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	client, err := connect(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	heartbeat := func() string { return r.client.Get(context.Background(), "alice_heartbeat").Val() }
	client.Log(slog.LevelInfo, "not started yet")
	if err := client.Flush(t.Context()); err != nil || heartbeat() != "" {
		t.Fatalf("before the first status there is %q, %v", heartbeat(), err)
	}

	sendStatus(t, client, "started")
	seen := map[string]bool{}
	eventually(t, "there are five different ones", func() bool {
		seen[heartbeat()] = true
		return len(seen) >= 6
	})
	at, interval, _ := strings.Cut(heartbeat(), "|")
	if ms, err := strconv.ParseInt(at, 10, 64); err != nil || time.Since(time.UnixMilli(ms)).Abs() > patience || interval != "30" {
		t.Errorf("a heartbeat is %q", heartbeat())
	}
	r.kill()
	r.start()
	eventually(t, "it goes on with another Redis", func() bool { return heartbeat() != "" })
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	last := heartbeat()
	time.Sleep(100 * time.Millisecond)
	if heartbeat() != last {
		t.Error("it goes on after Close")
	}

	// Without TM_RUN_ID there are none.
	quiet, err := readConfiguration(builder(t, r.url(), func(b *MuleClientBuilder) { b.Heartbeat(time.Millisecond) }).options, environment(nil))
	if err != nil || quiet.heartbeat != 0 {
		t.Errorf("without TM_RUN_ID the heartbeat is %s, %v", quiet.heartbeat, err)
	}
}
