package themule

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
)

// slogHandler makes log lines of records: `message key=value group.key="two words"`, attributes as slog.TextHandler writes them.
type slogHandler struct {
	least slog.Level
	line  func(string)
	// Puts the attributes and groups of this handler on a text handler; nil where there are none.
	decorate func(slog.Handler) slog.Handler
}

func (h *slogHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

func (h *slogHandler) Handle(ctx context.Context, record slog.Record) error {
	text := levelWord(record.Level) + "|" + record.Message
	if h.decorate == nil && record.NumAttrs() == 0 {
		h.line(text)
		return nil
	}
	// The text handler is asked for the attributes alone: without a time, and of a level and message that are cut off again.
	const head = `level=INFO msg=""`
	var out bytes.Buffer
	var handler slog.Handler = slog.NewTextHandler(&out, nil)
	if h.decorate != nil {
		handler = h.decorate(handler)
	}
	attributes := slog.Record{Level: slog.LevelInfo}
	record.Attrs(func(attribute slog.Attr) bool {
		attributes.AddAttrs(attribute)
		return true
	})
	if err := handler.Handle(ctx, attributes); err != nil {
		return err
	}
	h.line(text + strings.TrimSuffix(strings.TrimPrefix(out.String(), head), "\n"))
	return nil
}

func (h *slogHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	if len(attributes) == 0 {
		return h
	}
	return h.with(func(handler slog.Handler) slog.Handler { return handler.WithAttrs(attributes) })
}

func (h *slogHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.with(func(handler slog.Handler) slog.Handler { return handler.WithGroup(name) })
}

func (h *slogHandler) with(more func(slog.Handler) slog.Handler) slog.Handler {
	before := h.decorate
	decorate := more
	if before != nil {
		decorate = func(handler slog.Handler) slog.Handler { return more(before(handler)) }
	}
	return &slogHandler{least: h.least, line: h.line, decorate: decorate}
}
