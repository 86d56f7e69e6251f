// A replicated counter: each peer counts for itself, and all tell each other what they know, until all know the same sum.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"

	themule "the-mule/go"
)

// counter belongs to one goroutine, so nothing in it needs a lock.
type counter struct {
	tm      *themule.MuleClient
	socket  net.PacketConn
	address string
	// What is known of everybody's count, one's own included. Counts only grow, so the larger one is the newer one.
	counts     map[string]int
	neighbours map[string]net.Addr
	status     string
}

// knowledge is what a neighbour tells, one datagram as JSON.
type knowledge struct {
	Address string         `json:"address"`
	Counts  map[string]int `json:"counts"`
}

func main() {
	ctx := context.Background()
	tm, err := themule.NewBuilder().Build(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := run(ctx, tm); err != nil {
		slog.Error(err.Error())
		tm.Close()
		log.Fatal(err)
	}
	if err := tm.Close(); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, tm *themule.MuleClient) error {
	c, err := listen(tm)
	if err != nil {
		return err
	}
	defer c.socket.Close()
	datagrams := make(chan []byte)
	go receive(c.socket, datagrams)
	gossip := time.Tick(200 * time.Millisecond)

	if err := tm.SendStatus(ctx, "started|"+c.address); err != nil {
		return err
	}
	for {
		select {
		case datagram := <-datagrams:
			c.hear(datagram)
		case <-gossip:
			c.tell()
		case raw, open := <-tm.Commands():
			if !open {
				return tm.Err()
			}
			switch command := themule.ParseCommand(raw); command.Kind {
			case themule.KindPeer:
				c.meet(command.Multiaddr)
			case themule.KindConnect:
				c.connect()
			case themule.KindDisconnect:
				c.become("disconnecting")
				c.become("disconnected")
			case themule.KindTest:
				c.obey(command.Fields)
			case themule.KindRestart:
				if err := tm.Restart(ctx, command.Delay); err != nil {
					return err
				}
			case themule.KindShutdown:
				return tm.SendStatus(ctx, "stopped")
			}
		}
	}
}

func listen(tm *themule.MuleClient) (*counter, error) {
	listenAddr, err := tm.ListenAddr()
	if err != nil {
		return nil, err
	}
	at, err := resolve(listenAddr)
	if err != nil {
		return nil, err
	}
	socket, err := net.ListenUDP("udp4", at)
	if err != nil {
		return nil, err
	}
	host := os.Getenv("HOST_ADDR")
	if host == "" {
		host = "127.0.0.1"
	}
	address := fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", host, at.Port)
	return &counter{tm, socket, address, map[string]int{tm.Name(): 0}, map[string]net.Addr{}, "disconnected"}, nil
}

// receive hands on what comes, until the socket is closed.
func receive(socket net.PacketConn, datagrams chan<- []byte) {
	for {
		buffer := make([]byte, 1<<16)
		n, _, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		datagrams <- buffer[:n]
	}
}

func (c *counter) connect() {
	c.become("connecting")
	if len(c.neighbours) == 0 {
		c.become("connected")
	}
	c.tell()
}

// become does not wait until Redis has the status; statuses keep their order.
func (c *counter) become(status string) {
	c.status = status
	if err := c.tm.PostStatus(status); err != nil {
		slog.Error("status", "error", err)
	}
}

func (c *counter) obey(fields []string) {
	switch {
	case fields[0] == "value":
		slog.Info(fmt.Sprint("value ", c.sum()))
	case fields[0] == "add" && len(fields) == 2:
		amount, err := strconv.ParseUint(fields[1], 10, 31)
		if err != nil {
			slog.Warn("no use for the amount", "error", err)
			return
		}
		c.counts[c.tm.Name()] += int(amount)
		slog.Info(fmt.Sprint("added ", amount))
		c.tell()
	default:
		slog.Warn("unknown command: " + fields[0])
	}
}

func (c *counter) sum() (sum int) {
	for _, count := range c.counts {
		sum += count
	}
	return sum
}

// tell tells the neighbours everything. What gets lost on the way is told again soon.
func (c *counter) tell() {
	if c.status == "disconnected" {
		return
	}
	datagram, err := json.Marshal(knowledge{c.address, c.counts})
	if err != nil {
		slog.Error("gossip", "error", err)
	}
	for _, neighbour := range c.neighbours {
		// Who is not there now may be there the next time.
		_, _ = c.socket.WriteTo(datagram, neighbour)
	}
}

func (c *counter) hear(datagram []byte) {
	var heard knowledge
	if err := json.Unmarshal(datagram, &heard); err != nil {
		slog.Warn("no use for a datagram", "error", err)
		return
	}
	if c.status == "disconnected" {
		return
	}
	before := c.sum()
	for name, count := range heard.Counts {
		c.counts[name] = max(count, c.counts[name])
	}
	c.meet(heard.Address)
	if c.status == "connecting" {
		c.become("connected")
	}
	if c.sum() != before {
		slog.Info(fmt.Sprint("value ", c.sum()))
		c.tell()
	}
}

func (c *counter) meet(multiaddr string) {
	if multiaddr == c.address || c.neighbours[multiaddr] != nil {
		return
	}
	neighbour, err := resolve(multiaddr)
	if err != nil {
		slog.Warn("no use for the address", "error", err)
		return
	}
	c.neighbours[multiaddr] = neighbour
}

var udpMultiaddr = regexp.MustCompile(`^/(?:ip4|dns4?)/([^/]+)/udp/(\d{1,5})(?:/|$)`)

func resolve(multiaddr string) (*net.UDPAddr, error) {
	parts := udpMultiaddr.FindStringSubmatch(multiaddr)
	if parts == nil {
		return nil, fmt.Errorf("expected /ip4/<address>/udp/<port>/…, got %q", multiaddr)
	}
	return net.ResolveUDPAddr("udp4", net.JoinHostPort(parts[1], parts[2]))
}
