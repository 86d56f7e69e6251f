package themule

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestConfigurationTellsAllThatIsWrong(t *testing.T) {
	negative, none := -time.Second, 0
	_, err := readConfiguration(
		options{closeTimeout: &negative, logBufferLines: &none},
		environment(map[string]string{"REDIS_URL": "redis://alice:s3cret@:x", "LISTEN_ADDR": "0.0.0.0:1", "LOG_LEVEL": "loud"}),
	)
	if !errors.Is(err, ErrConfiguration) || errors.Is(err, ErrRefused) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"REDIS_URL", "PEER_NAME", "LISTEN_ADDR", "LOG_LEVEL", "CloseTimeout", "LogBufferLines"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s is not in: %s", part, err)
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password is in: %s", err)
	}
}

func TestConfigurationDefaults(t *testing.T) {
	least := map[string]string{"REDIS_URL": "redis://127.0.0.1", "PEER_NAME": "alice"}
	c, err := readConfiguration(options{}, environment(least))
	if err != nil {
		t.Fatal(err)
	}
	if c.level != slog.LevelInfo || c.delayFile != "/tmp/delay" || c.heartbeat != 0 || c.streamedGap != 20*time.Millisecond ||
		c.setOnlyGap != 20*time.Millisecond || !c.handleSignals || !c.forwardSlog {
		t.Errorf("got %+v", c)
	}
	client := &MuleClient{configuration: c}
	if _, err := client.ListenAddr(); !errors.Is(err, ErrConfiguration) || !strings.Contains(err.Error(), "LISTEN_ADDR") {
		t.Errorf("asking for an address that is not there gives %v", err)
	}

	least["TM_RUN_ID"], least["LOG_LEVEL"], least["TM_DELAY_FILE"], least["LISTEN_ADDR"] = "run-1", "WARN", "/run/delay", "/ip4/0.0.0.0/udp/1"
	if c, err = readConfiguration(options{}, environment(least)); err != nil {
		t.Fatal(err)
	}
	if c.level != slog.LevelWarn || c.delayFile != "/run/delay" || c.heartbeat != 2*time.Second || c.streamedGap != 0 {
		t.Errorf("under tm: got %+v", c)
	}
}

func TestOptionsWinOverTheEnvironment(t *testing.T) {
	b := NewBuilder().RedisURL("redis://h:1/2").PeerName("bob").ListenAddr("/dns/x/udp/2").LogLevel(LevelTrace).DelayFile("/d").
		ConnectTimeout(1).CloseTimeout(2).LogBufferLines(3).StatusGap(4).Heartbeat(5).HandleSignals(false).ForwardSlog(false)
	c, err := readConfiguration(b.options, environment(map[string]string{
		"REDIS_URL": "nonsense", "PEER_NAME": "alice", "LISTEN_ADDR": "x", "LOG_LEVEL": "x", "TM_DELAY_FILE": "/e", "TM_RUN_ID": "r",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if c.redis != (redisTarget{host: "h", port: 1, database: 2}) || c.name != "bob" || c.listenAddr != "/dns/x/udp/2" || c.level != LevelTrace ||
		c.delayFile != "/d" || c.connectTimeout != 1 || c.closeTimeout != 2 || c.logBufferLines != 3 || c.streamedGap != 4 ||
		c.setOnlyGap != 4 || c.heartbeat != 5 || c.handleSignals || c.forwardSlog {
		t.Errorf("got %+v", c)
	}
}

func TestBackoffDoublesToTwoSeconds(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: 25, 1: 50, 5: 800, 6: 1600, 7: 2000, 1000: 2000} {
		if got := backoff(attempt, 0); got != want*time.Millisecond {
			t.Errorf("attempt %d waits %s, want %d ms", attempt, got, want)
		}
		if got := backoff(attempt, 1); got != want*time.Millisecond/2 {
			t.Errorf("attempt %d waits at least %s, want half of %d ms", attempt, got, want)
		}
	}
}

func TestErrorsAreOfAKindAndKeepTheirCause(t *testing.T) {
	cause := errors.New("the cause")
	err := error(&Error{Kind: ErrUnreachable, Message: "no Redis", Cause: cause})
	var ours *Error
	if !errors.Is(err, ErrUnreachable) || !errors.Is(err, cause) || errors.Is(err, ErrClosed) || !errors.As(err, &ours) || ours.Cause != cause {
		t.Errorf("got %#v", err)
	}
}
