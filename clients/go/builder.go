package themule

import (
	"context"
	"log/slog"
	"os"
	"time"
)

// MuleClientBuilder makes a client. What it is not told it takes from the environment that tm gives each peer.
type MuleClientBuilder struct {
	options options
}

// NewBuilder begins a client that is configured by the environment: REDIS_URL, PEER_NAME, LISTEN_ADDR, LOG_LEVEL, TM_DELAY_FILE, TM_RUN_ID.
func NewBuilder() *MuleClientBuilder { return &MuleClientBuilder{} }

// RedisURL is redis[s]://[user:password@]host[:port][/database], user and password percent-encoded; else REDIS_URL.
func (b *MuleClientBuilder) RedisURL(url string) *MuleClientBuilder {
	b.options.redisURL = &url
	return b
}

// PeerName is the peer's name in the test; else PEER_NAME.
func (b *MuleClientBuilder) PeerName(name string) *MuleClientBuilder {
	b.options.name = &name
	return b
}

// ListenAddr is a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1; else LISTEN_ADDR.
func (b *MuleClientBuilder) ListenAddr(multiaddr string) *MuleClientBuilder {
	b.options.listenAddr = &multiaddr
	return b
}

// LogLevel is the least grave level that is sent; else LOG_LEVEL, else slog.LevelInfo.
func (b *MuleClientBuilder) LogLevel(level slog.Level) *MuleClientBuilder {
	b.options.level = &level
	return b
}

// DelayFile is where Restart leaves the delay; else TM_DELAY_FILE, else /tmp/delay.
func (b *MuleClientBuilder) DelayFile(path string) *MuleClientBuilder {
	b.options.delayFile = &path
	return b
}

// ConnectTimeout is how long Build waits for a Redis that is not there yet. Default 20 s.
func (b *MuleClientBuilder) ConnectTimeout(timeout time.Duration) *MuleClientBuilder {
	b.options.connectTimeout = &timeout
	return b
}

// CloseTimeout is how long Close and Restart wait for what is still to be sent. Default 5 s.
func (b *MuleClientBuilder) CloseTimeout(timeout time.Duration) *MuleClientBuilder {
	b.options.closeTimeout = &timeout
	return b
}

// LogBufferLines is how many log lines are kept while Redis is slow or away, never more than 32 MiB of them. More are dropped and counted.
// Default 50,000.
func (b *MuleClientBuilder) LogBufferLines(lines int) *MuleClientBuilder {
	b.options.logBufferLines = &lines
	return b
}

// StatusGap is the least time between two statuses. Default 0 under a tm that reads the status stream (it sets TM_RUN_ID). Else, and where
// Redis does not let the client append to that stream, 20 ms: whoever is only notified of a status sees of two in an instant the second
// alone.
func (b *MuleClientBuilder) StatusGap(gap time.Duration) *MuleClientBuilder {
	b.options.statusGap = &gap
	return b
}

// Heartbeat is the time between two heartbeats; 0: none. Default 2 s. They are sent only under a tm that sets TM_RUN_ID.
func (b *MuleClientBuilder) Heartbeat(interval time.Duration) *MuleClientBuilder {
	b.options.heartbeats = &interval
	return b
}

// HandleSignals says whether the first SIGTERM or SIGINT becomes a shutdown command; the second one ends the process. Default true.
func (b *MuleClientBuilder) HandleSignals(handle bool) *MuleClientBuilder {
	b.options.handleSignals = &handle
	return b
}

// ForwardSlog says whether the client is the default of log/slog, and so of log, until it is closed. Default true; see
// MuleClient.SlogHandler otherwise.
func (b *MuleClientBuilder) ForwardSlog(forward bool) *MuleClientBuilder {
	b.options.forwardSlog = &forward
	return b
}

// OnNotice is told when Redis is lost, found again, or refuses something; it must not block. Default: a line on stderr, "the-mule: …".
func (b *MuleClientBuilder) OnNotice(notice func(text string)) *MuleClientBuilder {
	b.options.notice = notice
	return b
}

// Exit ends the process at the end of Restart; a test gives its own. Default os.Exit.
func (b *MuleClientBuilder) Exit(exit func(code int)) *MuleClientBuilder {
	b.options.exit = exit
	return b
}

// Build connects. The errors are ErrConfiguration, ErrUnreachable and ErrRefused, or that of ctx, which counts only until Build returns.
func (b *MuleClientBuilder) Build(ctx context.Context) (*MuleClient, error) {
	configuration, err := readConfiguration(b.options, os.Getenv)
	if err != nil {
		return nil, err
	}
	return connect(ctx, configuration)
}
