package themule

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
)

// MuleClient is a peer's line to tm: commands come in, statuses and log lines go out. Its connections are made again for ever when they are
// lost. NewBuilder makes one.
type MuleClient struct {
	configuration *configuration
	reports       *connection
	commands      *connection
	inbox         *inbox
	outbox        *outbox
	handler       *slogHandler
	restoreSlog   func()
	stopSignals   func()

	stopHeart sync.Once
	heart     struct{ stop, done chan struct{} }

	closing  sync.Once
	closed   chan struct{}
	closeErr error

	mu        sync.Mutex
	feed      *feed
	hasTaken  bool
	isClosing bool
	failure   error
}

// CLIENT SETNAME takes no spaces.
var notPrintable = regexp.MustCompile(`[^!-~]`)

func connect(ctx context.Context, c *configuration) (*MuleClient, error) {
	// The random part tells this process from one of the same name before it, and the purpose its two connections from each other: only the
	// one for commands is ever ended by its name.
	word := randomWord()
	deadline := time.Now().Add(c.connectTimeout)
	open := func(purpose string) (*connection, string, error) {
		name := fmt.Sprintf("peer:%s:%s:%s", notPrintable.ReplaceAllString(c.name, "_"), word, purpose)
		opened, err := openConnection(ctx, c.redis, name, purpose, deadline, c.connectTimeout, c.notice)
		return opened, name, err
	}
	reports, _, err := open("reports")
	if err != nil {
		return nil, err
	}
	commands, name, err := open("commands")
	if err != nil {
		go reports.keep(func() {})
		reports.close()
		return nil, err
	}

	client := &MuleClient{
		configuration: c, reports: reports, commands: commands,
		inbox: newInbox(commands, reports, c.name, name), outbox: newOutbox(reports, c, randomWord()),
		restoreSlog: func() {}, stopSignals: func() {}, closed: make(chan struct{}),
	}
	go reports.keep(client.outbox.restored)
	go commands.keep(func() {})
	go client.outbox.run()
	client.heart.stop, client.heart.done = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(client.heart.done)
		if c.heartbeat > 0 {
			beat(reports, c.name, c.heartbeat, client.outbox.begun, client.heart.stop)
		}
	}()
	if c.handleSignals {
		client.stopSignals = signals(client.inbox.shutdowns)
	}
	client.handler = &slogHandler{least: c.level, line: client.outbox.line}
	if c.forwardSlog {
		client.restoreSlog = forwardSlog(client.handler)
	}
	return client, nil
}

func randomWord() string {
	var bytes [6]byte
	// It never fails.
	_, _ = rand.Read(bytes[:])
	return hex.EncodeToString(bytes[:])
}

// Name is this peer's name in the test.
func (c *MuleClient) Name() string { return c.configuration.name }

// ListenAddr is where the peer is to listen, a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1. The error, where there is none, is
// ErrConfiguration.
func (c *MuleClient) ListenAddr() (string, error) {
	if c.configuration.listenAddr == "" {
		return "", &Error{Kind: ErrConfiguration, Message: "LISTEN_ADDR is not set: where to listen, like /ip4/0.0.0.0/udp/11984/quic-v1"}
	}
	return c.configuration.listenAddr, nil
}

// Next waits for the next command, and takes it from Redis: those behind it stay there, also while this one is being obeyed. None is lost
// when ctx ends first; the next call gives it. The errors are ctx's, ErrClosed, and ErrRefused where Redis does not give commands.
//
// Commands are read by Next and All, or from Commands, not both.
func (c *MuleClient) Next(ctx context.Context) (Command, error) {
	c.mu.Lock()
	if c.feed != nil {
		c.mu.Unlock()
		return Command{}, errors.New("commands come through the channel of Commands already: read them there, or do not call Commands")
	}
	c.hasTaken = true
	c.mu.Unlock()
	raw, err := c.inbox.take(ctx)
	if err != nil {
		return Command{}, err
	}
	return ParseCommand(raw), nil
}

// All gives the commands, one each time that the loop asks, until the client is closed, ctx ends, or Redis refuses; then Err says so.
func (c *MuleClient) All(ctx context.Context) iter.Seq[Command] {
	return func(yield func(Command) bool) {
		for {
			command, err := c.Next(ctx)
			if err != nil {
				if !errors.Is(err, ErrClosed) && ctx.Err() == nil {
					c.fail(err)
				}
				return
			}
			if !yield(command) {
				return
			}
		}
	}
}

// Commands gives the channel of the commands, as they came; see ParseCommand. A command is taken from Redis when it has been received, not
// before. The channel is closed when the client is, and when Redis refuses to give commands, which Err then tells.
//
// It panics after Next or All has been called: commands have one reader.
func (c *MuleClient) Commands() <-chan string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.feed != nil:
	case c.isClosing:
		none := make(chan string)
		close(none)
		return none
	case c.hasTaken:
		panic("themule: Commands was called after Next or All: read the commands in one of these ways only")
	default:
		c.feed = newFeed(c.inbox, c.configuration.notice)
		go c.feed.run()
	}
	return c.feed.out
}

// Err is why there are no more commands, ErrRefused; nil while there are, and after Close.
func (c *MuleClient) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failure == nil && c.feed != nil {
		return c.feed.err()
	}
	return c.failure
}

func (c *MuleClient) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failure = err
}

// SendStatus sets the status: "started|<multiaddr>", "connecting", "connected", "disconnecting", "disconnected", "stopped", or a word of
// the test's own, which may be followed by "|" and a detail. It returns when Redis has it, and all that was logged before. When ctx ends
// first, the status is still sent. The other errors are ErrRefused and ErrClosed.
func (c *MuleClient) SendStatus(ctx context.Context, status string) error {
	word, _, _ := strings.Cut(status, "|")
	if word == "" {
		return fmt.Errorf("a status begins with a word, not with %q", status)
	}
	c.settle(ctx, word)
	select {
	case err := <-c.outbox.status(status):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// PostStatus is SendStatus for who cannot wait: it returns at once. Statuses are sent in the order of the calls. What Redis refuses is a
// notice.
func (c *MuleClient) PostStatus(status string) error {
	word, _, _ := strings.Cut(status, "|")
	if word == "" {
		return fmt.Errorf("a status begins with a word, not with %q", status)
	}
	done := c.outbox.status(status)
	go func() {
		if err := <-done; err != nil && !errors.Is(err, ErrClosed) {
			c.configuration.notice(fmt.Sprintf("status %q: %s", status, err))
		}
	}()
	return nil
}

// settle waits until what came through the channel is out of Redis, so that it does not come again after the exit that may follow.
func (c *MuleClient) settle(ctx context.Context, word string) {
	c.mu.Lock()
	feed := c.feed
	c.mu.Unlock()
	if feed == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.configuration.closeTimeout)
	defer cancel()
	feed.settle(ctx)
	if (word == "restarting" || word == "stopped") && feed.readsAhead() {
		// The process ends without Close, perhaps.
		feed.halt(c.configuration.closeTimeout)
	}
}

// Log sends a line, if its level is grave enough; see LevelTrace. It returns at once. Lines that do not fit the buffer are counted, and
// the count is logged where they are missing.
func (c *MuleClient) Log(level slog.Level, text string) {
	if level >= c.configuration.level {
		c.outbox.line(levelWord(level) + "|" + text)
	}
}

// SlogHandler forwards records as lines `message key=value`. It never blocks.
func (c *MuleClient) SlogHandler() slog.Handler { return c.handler }

// Flush returns when all that was logged and reported so far is in Redis. The errors are ctx's and ErrClosed.
func (c *MuleClient) Flush(ctx context.Context) error { return c.outbox.flush(ctx) }
