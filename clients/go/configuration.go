package themule

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// configuration is what a client works with, all decided.
type configuration struct {
	redis          redisTarget
	name           string
	listenAddr     string
	level          slog.Level
	delayFile      string
	connectTimeout time.Duration
	closeTimeout   time.Duration
	logBufferLines int
	// The least time between two statuses where they are streamed, and where they are SET alone.
	streamedGap time.Duration
	setOnlyGap  time.Duration
	// 0: none are sent.
	heartbeat     time.Duration
	handleSignals bool
	forwardSlog   bool
	notice        func(string)
	exit          func(int)
}

const (
	defaultDelayFile      = "/tmp/delay"
	defaultConnectTimeout = 20 * time.Second
	defaultCloseTimeout   = 5 * time.Second
	defaultLogBufferLines = 50_000
	defaultHeartbeat      = 2 * time.Second
	// After this time a status that was only SET has been read, but on a very busy machine.
	setOnlyStatusGap = 20 * time.Millisecond
)

// options are what the builder was told; nil is what it was not told.
type options struct {
	redisURL, name, listenAddr, delayFile               *string
	level                                               *slog.Level
	connectTimeout, closeTimeout, statusGap, heartbeats *time.Duration
	logBufferLines                                      *int
	handleSignals, forwardSlog                          *bool
	notice                                              func(string)
	exit                                                func(int)
}

// readConfiguration decides: options over environment over defaults. The error lists everything that is wrong.
func readConfiguration(options options, environment func(string) string) (*configuration, error) {
	var problems []string
	need := func(variable string, option *string, meaning string) string {
		value := or(option, environment(variable))
		if value == "" {
			problems = append(problems, fmt.Sprintf("%s is not set: %s", variable, meaning))
		}
		return value
	}

	c := &configuration{
		delayFile:      or(options.delayFile, environment("TM_DELAY_FILE")),
		connectTimeout: or(options.connectTimeout, defaultConnectTimeout),
		closeTimeout:   or(options.closeTimeout, defaultCloseTimeout),
		logBufferLines: or(options.logBufferLines, defaultLogBufferLines),
		setOnlyGap:     or(options.statusGap, setOnlyStatusGap),
		handleSignals:  or(options.handleSignals, true),
		forwardSlog:    or(options.forwardSlog, true),
		notice:         options.notice,
		exit:           options.exit,
	}

	url := need("REDIS_URL", options.redisURL, "the Redis of the test, redis://[user:password@]host[:port][/database]")
	if url != "" {
		target, err := parseRedisURL(url)
		if err != nil {
			problems = append(problems, "REDIS_URL "+err.Error())
		}
		c.redis = target
	}
	c.name = need("PEER_NAME", options.name, "the name of this peer in the test")

	c.listenAddr = or(options.listenAddr, environment("LISTEN_ADDR"))
	if c.listenAddr != "" && !strings.HasPrefix(c.listenAddr, "/") {
		problems = append(problems, fmt.Sprintf("LISTEN_ADDR is %q; expected a multiaddr like /ip4/0.0.0.0/udp/11984/quic-v1", c.listenAddr))
	}

	word := environment("LOG_LEVEL")
	if word == "" {
		word = "info"
	}
	if options.level != nil {
		c.level = *options.level
	} else if level, err := parseLevel(word); err != nil {
		problems = append(problems, "LOG_LEVEL "+err.Error())
	} else {
		c.level = level
	}

	notNegative := func(what string, value time.Duration) {
		if value < 0 {
			problems = append(problems, fmt.Sprintf("%s is %s; expected no negative time", what, value))
		}
	}
	notNegative("ConnectTimeout", c.connectTimeout)
	notNegative("CloseTimeout", c.closeTimeout)
	notNegative("StatusGap", c.setOnlyGap)
	notNegative("Heartbeat", or(options.heartbeats, 0))
	if c.logBufferLines < 1 {
		problems = append(problems, fmt.Sprintf("LogBufferLines is %d; expected 1 or more", c.logBufferLines))
	}
	if len(problems) > 0 {
		return nil, &Error{
			Kind:    ErrConfiguration,
			Message: "this program cannot run as a peer of a test:\n  " + strings.Join(problems, "\n  "),
		}
	}

	underTM := environment("TM_RUN_ID") != ""
	if underTM {
		c.heartbeat = or(options.heartbeats, defaultHeartbeat)
	}
	if options.statusGap != nil {
		c.streamedGap = *options.statusGap
	} else if !underTM {
		c.streamedGap = setOnlyStatusGap
	}
	if c.delayFile == "" {
		c.delayFile = defaultDelayFile
	}
	if c.notice == nil {
		c.notice = func(text string) { fmt.Fprintln(os.Stderr, "the-mule: "+text) }
	}
	if c.exit == nil {
		c.exit = os.Exit
	}
	return c, nil
}

func or[T any](option *T, otherwise T) T {
	if option == nil {
		return otherwise
	}
	return *option
}
