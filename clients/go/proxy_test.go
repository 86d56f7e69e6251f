package themule

import (
	"net"
	"sync"
	"testing"
)

// proxy stands between a client and Redis, and breaks connections in ways that only one side notices.
type proxy struct {
	t        testing.TB
	listener net.Listener
	to       string

	mu    sync.Mutex
	pairs []*pair
	// New connections are refused.
	down bool
}

type pair struct {
	client, server net.Conn
	mu             sync.Mutex
	deaf           bool
}

func startProxy(t testing.TB, to string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: listener, to: to}
	go p.accept()
	t.Cleanup(func() {
		listener.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, pair := range p.pairs {
			pair.client.Close()
			pair.server.Close()
		}
	})
	return p
}

func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		down := p.down
		p.mu.Unlock()
		if down {
			client.Close()
			continue
		}
		server, err := net.Dial("tcp4", p.to)
		if err != nil {
			client.Close()
			continue
		}
		pair := &pair{client: client, server: server}
		p.mu.Lock()
		p.pairs = append(p.pairs, pair)
		p.mu.Unlock()
		go pair.copy(server, client)
		go pair.copy(client, server)
	}
}

// copy goes on reading where nobody listens any more, so that neither side is told.
func (p *pair) copy(to, from net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		deaf := p.deaf
		p.mu.Unlock()
		if n > 0 && !deaf {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// cut resets the clients; the server notices nothing.
func (p *proxy) cut() {
	p.each(func(pair *pair) {
		pair.mu.Lock()
		defer pair.mu.Unlock()
		pair.deaf = true
		pair.client.(*net.TCPConn).SetLinger(0)
		pair.client.Close()
	})
}

// reset ends the connections on both sides.
func (p *proxy) reset() {
	p.each(func(pair *pair) {
		pair.client.Close()
		pair.server.Close()
	})
}

// swallow passes nothing on any more, and neither side notices.
func (p *proxy) swallow() {
	p.each(func(pair *pair) {
		pair.mu.Lock()
		defer pair.mu.Unlock()
		pair.deaf = true
	})
}

func (p *proxy) each(change func(*pair)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pair := range p.pairs {
		change(pair)
	}
}

func (p *proxy) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}
