package themule

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind tells what a command is.
type Kind string

const (
	// KindConnect: join the network.
	KindConnect Kind = "connect"
	// KindDisconnect: leave the network, and listen for commands.
	KindDisconnect Kind = "disconnect"
	// KindShutdown: end. It also comes of SIGTERM and SIGINT.
	KindShutdown Kind = "shutdown"
	// KindRestart: go down and come up again after Delay; see MuleClient.Restart.
	KindRestart Kind = "restart"
	// KindPeer: Multiaddr is the address of another peer.
	KindPeer Kind = "peer"
	// KindTest: a command of the test's own, in Fields.
	KindTest Kind = "test"
)

// Command is a command of the timeline.
type Command struct {
	Kind Kind
	// Raw is the text as it came.
	Raw string
	// Delay is for how long to be down; only with KindRestart, 0 or more.
	Delay time.Duration
	// Multiaddr is another peer's address; only with KindPeer.
	Multiaddr string
	// Fields is Raw split at each "|", so Fields[0] is the command's word; only with KindTest.
	Fields []string
}

// ParseCommand understands any text: what is none of the protocol's commands is a KindTest.
func ParseCommand(raw string) Command {
	word, rest, divided := strings.Cut(raw, "|")
	switch {
	case raw == "connect", raw == "disconnect", raw == "shutdown":
		return Command{Kind: Kind(raw), Raw: raw}
	case word == "restart":
		return Command{Kind: KindRestart, Raw: raw, Delay: parseSeconds(rest)}
	case word == "peer" && divided && rest != "":
		return Command{Kind: KindPeer, Raw: raw, Multiaddr: rest}
	default:
		return Command{Kind: KindTest, Raw: raw, Fields: strings.Split(raw, "|")}
	}
}

// parseSeconds gives 0 for what is no time.
func parseSeconds(text string) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) || seconds <= 0 {
		return 0
	}
	if seconds >= math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second)))
}
