// A replicated counter: each peer counts for itself, and all tell each other what they know, until all know the same sum.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	themule "the-mule/go"
)

// counter belongs to one goroutine, so it needs no lock. Peers tell each other its exported fields; of two counts the larger is the newer.
type counter struct {
	tm         *themule.MuleClient
	socket     net.PacketConn
	neighbours map[string]bool
	status     string
	Address    string         `json:"address"`
	Counts     map[string]int `json:"counts"`
}

func main() {
	tm, err := themule.NewBuilder().Build(context.Background())
	if err == nil {
		err = errors.Join(run(context.Background(), tm), tm.Close())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, tm *themule.MuleClient) error {
	listenAddr, missing := tm.ListenAddr()
	socket, err := net.ListenPacket("udp4", endpoint(listenAddr))
	if err = errors.Join(missing, err); err != nil {
		return err
	}
	address := fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", cmp.Or(os.Getenv("HOST_ADDR"), "127.0.0.1"), socket.LocalAddr().(*net.UDPAddr).Port)
	c := &counter{tm, socket, map[string]bool{}, "disconnected", address, map[string]int{}}
	heard, tick := make(chan counter), time.Tick(200*time.Millisecond)
	go receive(socket, heard)
	_ = tm.PostStatus("started|" + address)
	for {
		select {
		case other := <-heard:
			c.hear(other)
		case <-tick:
			c.tell()
		case raw, open := <-tm.Commands():
			switch command := themule.ParseCommand(raw); {
			case !open:
				return tm.Err()
			case command.Kind == themule.KindRestart:
				return tm.Restart(ctx, command.Delay)
			case command.Kind == themule.KindShutdown:
				return tm.SendStatus(ctx, "stopped")
			default:
				c.obey(command)
			}
		}
	}
}

func (c *counter) obey(command themule.Command) {
	var amount uint32
	switch _, err := fmt.Sscanf(command.Raw, "add|%d", &amount); {
	case command.Kind == themule.KindPeer:
		c.neighbours[command.Multiaddr] = true
	case command.Kind == themule.KindConnect:
		c.become("connecting")
		if len(c.neighbours) == 0 {
			c.become("connected")
		}
	case command.Kind == themule.KindDisconnect:
		c.become("disconnecting")
		c.become("disconnected")
	case err == nil:
		c.Counts[c.tm.Name()] += int(amount)
		slog.Info(fmt.Sprint("added ", amount))
	case command.Raw == "value":
		slog.Info(fmt.Sprint("value ", c.sum()))
	default:
		slog.Warn("unknown command: " + command.Raw)
	}
	c.tell()
}

// become does not wait until Redis has the status; statuses keep their order.
func (c *counter) become(status string) {
	c.status = status
	_ = c.tm.PostStatus(status)
}

// tell tells the neighbours everything. What gets lost on the way is told again soon.
func (c *counter) tell() {
	datagram, _ := json.Marshal(c)
	for neighbour := range c.neighbours {
		if to, err := net.ResolveUDPAddr("udp4", endpoint(neighbour)); err == nil && c.status != "disconnected" {
			_, _ = c.socket.WriteTo(datagram, to)
		}
	}
}

func receive(socket net.PacketConn, heard chan<- counter) {
	for buffer := make([]byte, 1<<16); ; {
		var other counter
		if n, _, err := socket.ReadFrom(buffer); err == nil && json.Unmarshal(buffer[:n], &other) == nil {
			heard <- other
		}
	}
}

func (c *counter) hear(other counter) {
	if c.status == "disconnected" {
		return
	}
	c.neighbours[other.Address] = true
	if c.status == "connecting" {
		c.become("connected")
	}
	before := c.sum()
	for name, count := range other.Counts {
		c.Counts[name] = max(count, c.Counts[name])
	}
	if c.sum() != before {
		slog.Info(fmt.Sprint("value ", c.sum()))
		c.tell()
	}
}

func (c *counter) sum() (sum int) {
	for _, count := range c.Counts {
		sum += count
	}
	return sum
}

// endpoint makes <host>:<port> of /ip4/<host>/udp/<port>/….
func endpoint(multiaddr string) string {
	parts := append(strings.Split(multiaddr, "/"), "", "", "", "")
	return net.JoinHostPort(parts[2], parts[4])
}
