package themule

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What all the client libraries must agree on.
type vectors struct {
	Commands []struct {
		Raw, Kind, Multiaddr string
		DelaySecs            int
		Fields               []string
	}
	RedisURLs []struct {
		URL                      string
		OK                       bool
		Host, Username, Password string
		Port, Database           int
		TLS                      bool
	} `json:"redisUrls"`
	LogLines []struct{ Level, Message, Line string }
	Delays   []struct {
		Seconds float64
		Written string
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	var v vectors
	if err := json.Unmarshal([]byte(readFile(t, "../conformance/vectors.json")), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Commands) == 0 || len(v.RedisURLs) == 0 || len(v.LogLines) == 0 || len(v.Delays) == 0 {
		t.Fatal("vectors.json holds no commands, URLs, log lines or delays")
	}
	return v
}

func TestCommandVectors(t *testing.T) {
	for _, vector := range readVectors(t).Commands {
		got := ParseCommand(vector.Raw)
		// As the delay file has it.
		seconds := int((got.Delay + time.Second - 1) / time.Second)
		if string(got.Kind) != vector.Kind || got.Raw != vector.Raw || got.Multiaddr != vector.Multiaddr ||
			seconds != vector.DelaySecs || !slices.Equal(got.Fields, vector.Fields) {
			t.Errorf("ParseCommand(%q) is %+v, want %+v", vector.Raw, got, vector)
		}
	}
}

func TestRedisURLVectors(t *testing.T) {
	for _, vector := range readVectors(t).RedisURLs {
		got, err := parseRedisURL(vector.URL)
		if !vector.OK {
			if err == nil {
				t.Errorf("parseRedisURL(%q) is %+v, want an error", vector.URL, got)
			} else if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error of %q tells the password: %s", vector.URL, err)
			}
			continue
		}
		want := redisTarget{
			host: vector.Host, port: vector.Port, database: vector.Database,
			username: vector.Username, password: vector.Password, tls: vector.TLS,
		}
		if err != nil || got != want {
			t.Errorf("parseRedisURL(%q) is %+v, %v, want %+v", vector.URL, got, err, want)
		}
	}
}

func TestLogLineVectors(t *testing.T) {
	for _, vector := range readVectors(t).LogLines {
		level, err := parseLevel(vector.Level)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		logger := slog.New(&slogHandler{least: level, line: func(text string) { got = append(got, text) }})
		logger.Log(context.Background(), level, vector.Message)
		equal(t, vector.Level, got, []string{vector.Line})
	}
}

func TestDelayVectors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "delay")
	for _, vector := range readVectors(t).Delays {
		if err := writeDelay(file, time.Duration(vector.Seconds*float64(time.Second))); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSuffix(readFile(t, file), "\n"); got != vector.Written {
			t.Errorf("a delay of %v s is written %q, want %q", vector.Seconds, got, vector.Written)
		}
	}
	err := writeDelay(filepath.Join(t.TempDir(), "nowhere", "delay"), time.Second)
	if err == nil || !strings.Contains(err.Error(), "TM_DELAY_FILE") {
		t.Errorf("a delay that cannot be written gives %v", err)
	}
}

func TestProtocolConstants(t *testing.T) {
	var protocol struct {
		LogLevels    []string
		StatusStream struct{ MaxLength int }
		Heartbeat    struct{ IntervalMs int }
		Restart      struct {
			ExitCode  int
			DelayFile string
		}
		Timing map[string]int
	}
	if err := json.Unmarshal([]byte(readFile(t, "../../schemas/protocol.json")), &protocol); err != nil {
		t.Fatal(err)
	}
	for _, word := range protocol.LogLevels {
		level, err := parseLevel(word)
		if err != nil || levelWord(level) != word {
			t.Errorf("the level %q is read as %v, %v", word, level, err)
		}
	}
	ms := func(d time.Duration) int { return int(d.Milliseconds()) }
	ours := map[string]int{
		"statusGapMs": ms(setOnlyStatusGap), "backoffFirstMs": ms(backoffFirst), "backoffLongestMs": ms(backoffLongest),
		"connectTimeoutMs": ms(defaultConnectTimeout), "closeTimeoutMs": ms(defaultCloseTimeout), "answerWithinMs": ms(answerWithin),
		"logBufferLines": defaultLogBufferLines, "logBufferCharacters": mostLineBytes, "logBatchLines": batchLines,
	}
	if fmt.Sprint(ours) != fmt.Sprint(protocol.Timing) {
		t.Errorf("timing is %v, want %v", ours, protocol.Timing)
	}
	if protocol.StatusStream.MaxLength != statusStreamLength || protocol.Heartbeat.IntervalMs != ms(defaultHeartbeat) ||
		protocol.Restart.ExitCode != restartExitCode || protocol.Restart.DelayFile != defaultDelayFile {
		t.Errorf("other constants than %+v", protocol)
	}
}
