package themule

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"testing"
	"time"
)

type secret string

func (secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

func TestSlogHandlerKeepsAttributesAndGroups(t *testing.T) {
	var got []string
	logger := slog.New(&slogHandler{least: LevelTrace, line: func(text string) { got = append(got, text) }})
	ctx := context.Background()

	logger.Info("plain")
	logger.Info(`a "quoted" message = as it is`, "n", 5, "s", "two words", "took", time.Second, "error", errors.New("no: way"))
	logger.With("peer", "bob").WithGroup("net").With("port", 1).Warn("lost", "why", "it", slog.Group("in", "a", 1))
	logger.WithGroup("empty").Debug("x")
	logger.With().WithGroup("").Error("y", "msg", "m", "level", "l", "time", "t")
	logger.Log(ctx, LevelTrace, "z", "secret", secret("s3cret"))
	logger.Log(ctx, slog.LevelError+4, "grave")
	logger.Log(ctx, LevelTrace-1, "not heard")

	equal(t, "lines", got, []string{
		"info|plain",
		`info|a "quoted" message = as it is n=5 s="two words" took=1s error="no: way"`,
		"warn|lost peer=bob net.port=1 net.why=it net.in.a=1",
		"debug|x",
		"error|y msg=m level=l time=t",
		"trace|z secret=[redacted]",
		"error|grave",
	})
}

// It changes what belongs to the whole process, so it is not parallel.
func TestDefaultLoggerIsForwardedUntilClose(t *testing.T) {
	r := startRedis(t)
	var before bytes.Buffer
	old, writer, flags := slog.Default(), log.Writer(), log.Flags()
	defer func() {
		slog.SetDefault(old)
		log.SetOutput(writer)
		log.SetFlags(flags)
	}()
	log.SetOutput(&before)
	log.SetFlags(0)

	client := newClient(t, r.url(), func(b *MuleClientBuilder) { b.ForwardSlog(true).LogLevel(slog.LevelInfo) })
	slog.Info("from slog", "n", 1)
	slog.Debug("not grave enough")
	log.Print("from log")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	slog.Info("afterwards")
	log.Print("afterwards from log")

	equal(t, "log in Redis", r.logged(), []string{"info|from slog n=1", "info|from log"})
	if got, want := before.String(), "INFO afterwards\nafterwards from log\n"; got != want {
		t.Errorf("the logger of before got %q, want %q", got, want)
	}
}
