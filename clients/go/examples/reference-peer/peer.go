package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	themule "the-mule/go"
)

// peer does what the test tells it. Its mutex guards what the mesh changes meanwhile.
type peer struct {
	client *themule.MuleClient
	mesh   *mesh

	mu      sync.Mutex
	mailbox []letter
	tracked map[string]bool
}

type letter struct{ from, text string }

func (p *peer) logf(level slog.Level, format string, values ...any) {
	p.client.Log(level, fmt.Sprintf(format, values...))
}

func (p *peer) infof(format string, values ...any) { p.logf(slog.LevelInfo, format, values...) }
func (p *peer) warnf(format string, values ...any) { p.logf(slog.LevelWarn, format, values...) }

// post reports a status that nobody waits for.
func (p *peer) post(status string) {
	if err := p.client.PostStatus(status); err != nil {
		p.logf(slog.LevelError, "status %s: %s", status, err)
	}
}

// obey does a command; the error ends the peer.
func (p *peer) obey(ctx context.Context, command themule.Command) error {
	switch command.Kind {
	case themule.KindConnect:
		if state := p.mesh.currently(); state != idle {
			p.post(string(state))
			return nil
		}
		// In the background: with nobody there to answer it takes for ever, and commands must still be heard.
		p.post("connecting")
		p.mesh.connect()
		return nil
	case themule.KindDisconnect:
		if err := p.client.SendStatus(ctx, "disconnecting"); err != nil {
			return err
		}
		p.mesh.disconnect()
		return p.client.SendStatus(ctx, "disconnected")
	case themule.KindPeer:
		if p.mesh.add(command.Multiaddr) {
			p.infof("knows %s", command.Multiaddr)
		} else {
			p.warnf("no use for the address \"%s\"", command.Multiaddr)
		}
		return nil
	case themule.KindRestart:
		p.mesh.close()
		return p.client.Restart(ctx, command.Delay)
	case themule.KindShutdown:
		p.mesh.disconnect()
		p.post("stopped")
		err := p.client.Close()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(0)
	case themule.KindTest:
		p.test(ctx, command)
	}
	return nil
}

func (p *peer) test(ctx context.Context, command themule.Command) {
	word, rest := command.Fields[0], command.Fields[1:]
	argument := ""
	if len(rest) > 0 {
		argument = rest[0]
	}
	switch {
	case word == "push" && len(rest) > 1:
		p.push(argument, strings.Join(rest[1:], "|"))
	case word == "pull":
		p.pull()
	case word == "rotate-key":
		key := newKey()
		p.infof("rotated its key to %s", key)
		if !p.mesh.say(body{Kind: "key", Key: &key}) {
			p.warnf("the new key is not announced: not connected")
		}
	case word == "track":
		p.mu.Lock()
		p.tracked[argument] = true
		p.mu.Unlock()
		p.infof("tracks %s", argument)
	case word == "log" && len(rest) > 2:
		p.logMany(rest[0], rest[1], strings.Join(rest[2:], "|"))
	case word == "status" && len(rest) > 0:
		for _, status := range rest {
			p.post(status)
		}
	case word == "work":
		wait, _ := strconv.Atoi(argument)
		time.Sleep(time.Duration(wait) * time.Millisecond)
		p.infof("worked %d ms", wait)
	case word == "crash":
		p.logf(slog.LevelError, "crashes on command")
		p.flush(ctx)
		code, err := strconv.ParseUint(argument, 10, 8)
		if err != nil {
			code = 1
		}
		os.Exit(int(code))
	case word == "hang":
		p.logf(slog.LevelError, "hangs on command")
		p.flush(ctx)
		hang()
	default:
		p.warnf("unknown command: %s", command.Raw)
	}
}

func (p *peer) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := p.client.Flush(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func (p *peer) push(to, text string) {
	switch {
	case isTooLong(text):
		p.logf(slog.LevelError, "push to %s: longer than %d characters", to, longestText)
	case to == p.client.Name():
		p.message(to, text)
	case p.mesh.say(body{Kind: "message", To: &to, Text: &text}):
		p.infof("pushed %s to %s", text, to)
	default:
		p.warnf("push to %s: not connected", to)
	}
}

func (p *peer) pull() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mailbox) == 0 {
		p.infof("pull: no messages")
	}
	for _, letter := range p.mailbox {
		p.infof("pulled %s from %s", letter.text, letter.from)
	}
}

func (p *peer) logMany(level, count, text string) {
	levels := map[string]slog.Level{
		"error": slog.LevelError, "warn": slog.LevelWarn, "info": slog.LevelInfo, "debug": slog.LevelDebug, "trace": themule.LevelTrace,
	}
	lines, err := strconv.Atoi(count)
	at, known := levels[level]
	if err != nil || !known {
		p.warnf("cannot log %s lines at %s", count, level)
		return
	}
	since := time.Now()
	for i := range lines {
		p.client.Log(at, text+" "+strconv.Itoa(i+1))
	}
	p.infof("logged %d lines in %d ms", lines, time.Since(since).Milliseconds())
}

func newKey() string {
	var bytes [8]byte
	// It never fails.
	_, _ = rand.Read(bytes[:])
	return hex.EncodeToString(bytes[:])
}

// The events of the mesh.

func (p *peer) connected() { p.post("connected") }

func (p *peer) linked(name, multiaddr string) {
	p.infof("linked with %s", name)
	if p.tracks(name) {
		p.infof("tracked %s: is at %s", name, multiaddr)
	}
}

func (p *peer) unlinked(name, because string) {
	p.warnf("lost %s: %s", name, because)
	if p.tracks(name) {
		p.infof("tracked %s: is gone", name)
	}
}

func (p *peer) message(from, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mailbox = append(p.mailbox, letter{from, text})
	p.infof("got %s from %s", text, from)
}

func (p *peer) key(of, key string) {
	if p.tracks(of) {
		p.infof("tracked %s: has the new key %s", of, key)
	}
}

func (p *peer) tracks(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracked[name]
}
