package main

import (
	"sync"
	"time"
)

const (
	// How often a neighbour is greeted: while nobody has answered, and from then on.
	greetConnecting = 200 * time.Millisecond
	greetConnected  = time.Second
	// A neighbour that leaves so many greetings unanswered is gone.
	missedGreetings  = 3
	rememberedGossip = 10_000
)

type meshState string

const (
	idle       meshState = "idle"
	connecting meshState = "connecting"
	connected  meshState = "connected"
)

type neighbour struct {
	multiaddr string
	endpoint  endpoint
	// Known once it has answered.
	name   string
	linked bool
	missed int
}

// meshEvents are told of what happens, in order. They must neither wait nor call the mesh.
type meshEvents interface {
	// The first neighbour answered, or there was none to ask.
	connected()
	linked(name, multiaddr string)
	unlinked(name, because string)
	message(from, text string)
	key(of, key string)
}

// mesh is an overlay network on UDP: neighbours greet each other, and what one says is flooded to all. Every datagram that matters is
// acknowledged and sent again; each gossip is passed on once, by its id.
//
//	idle ──connect──► connecting ──an answer, or nobody to ask──► connected
//	 ▲                     │                                          │
//	 └─────────────────────┴────────────── disconnect ────────────────┘
type mesh struct {
	name   string
	post   *post
	events meshEvents

	mu         sync.Mutex
	state      meshState
	neighbours map[string]*neighbour
	seen       map[string]bool
	seenOrder  []string
	greeting   *time.Timer
	// Counts the connects, so that a greeting of an earlier one ends.
	round int
}

// listen binds the UDP port. host is how others reach this machine.
func listen(name string, at endpoint, host string, events meshEvents) (*mesh, error) {
	post, err := openPost(name, at, host)
	if err != nil {
		return nil, err
	}
	m := &mesh{name: name, post: post, events: events, state: idle, neighbours: map[string]*neighbour{}, seen: map[string]bool{}}
	go post.receive(m.hear)
	return m, nil
}

func (m *mesh) multiaddr() string { return m.post.own.multiaddr() }

func (m *mesh) currently() meshState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

// add makes a neighbour of an address; false where it is no multiaddr of ours, or the own one.
func (m *mesh) add(multiaddr string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.know(multiaddr) != nil
}

func (m *mesh) know(multiaddr string) *neighbour {
	if known := m.neighbours[multiaddr]; known != nil {
		return known
	}
	at, err := parseMultiaddr(multiaddr)
	if err != nil || multiaddr == m.multiaddr() {
		return nil
	}
	n := &neighbour{multiaddr: multiaddr, endpoint: at}
	m.neighbours[multiaddr] = n
	if m.state != idle {
		m.greet(n)
	}
	return n
}

// connect begins to greet the neighbours.
func (m *mesh) connect() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != idle {
		return
	}
	m.state = connecting
	m.round++
	if len(m.neighbours) == 0 {
		m.becomeConnected()
	}
	m.greetAll(m.round)
}

// disconnect says goodbye, once (who misses it finds out by the silence), and answers nobody any more.
func (m *mesh) disconnect() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state == idle {
		return
	}
	m.fallSilent()
	for _, n := range m.neighbours {
		if n.linked {
			m.post.send(n.endpoint, datagram{Kind: "goodbye"})
		}
		n.linked = false
	}
}

// say tells everybody; false when not connected.
func (m *mesh) say(b body) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != connected {
		return false
	}
	g := &gossip{ID: randomWord(), Origin: m.name, Body: b}
	m.remember(g.ID)
	m.passOn(g, "")
	return true
}

// close falls silent for good, without a goodbye.
func (m *mesh) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fallSilent()
	m.post.close()
}

func (m *mesh) fallSilent() {
	m.state = idle
	if m.greeting != nil {
		m.greeting.Stop()
	}
}

func (m *mesh) greetAll(round int) {
	for _, n := range m.neighbours {
		m.greet(n)
	}
	every := greetConnecting
	if m.state == connected {
		every = greetConnected
	}
	m.greeting = time.AfterFunc(every, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.state != idle && m.round == round {
			m.greetAll(round)
		}
	})
}

func (m *mesh) greet(n *neighbour) {
	if n.missed >= missedGreetings {
		m.unlink(n, "it does not answer")
	}
	n.missed++
	m.post.send(n.endpoint, datagram{Kind: "hello"})
}

func (m *mesh) hear(d datagram, sender endpoint) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// A peer that is not connected is as silent as one that is not there.
	if m.state == idle {
		return
	}
	if d.Kind == "goodbye" {
		if n := m.neighbours[d.Address]; n != nil {
			m.unlink(n, "it said goodbye")
		}
		return
	}
	if d.Kind != "ack" {
		// To where it came from: behind a NAT that is the way back, and not the multiaddr.
		m.post.send(sender, datagram{ID: d.ID, Kind: "ack"})
	}
	m.link(d)
	if d.Kind == "gossip" {
		m.consider(d.Gossip, d.Address)
	}
}

func (m *mesh) link(d datagram) {
	n := m.know(d.Address)
	if n == nil {
		return
	}
	n.missed, n.name = 0, d.From
	if n.linked {
		return
	}
	n.linked = true
	m.events.linked(n.name, n.multiaddr)
	if m.state == connecting {
		m.becomeConnected()
	}
}

func (m *mesh) unlink(n *neighbour, because string) {
	if n.linked {
		n.linked = false
		m.events.unlinked(n.name, because)
	}
}

func (m *mesh) becomeConnected() {
	m.state = connected
	m.events.connected()
}

func (m *mesh) consider(g *gossip, through string) {
	if m.seen[g.ID] {
		return
	}
	m.remember(g.ID)
	if g.Body.Kind == "key" {
		m.events.key(g.Origin, *g.Body.Key)
	}
	if g.Body.Kind == "message" && *g.Body.To == m.name {
		m.events.message(g.Origin, *g.Body.Text)
		return
	}
	m.passOn(g, through)
}

func (m *mesh) passOn(g *gossip, through string) {
	for _, n := range m.neighbours {
		if n.linked && n.multiaddr != through {
			go m.post.deliver(n.endpoint, datagram{Kind: "gossip", Gossip: g})
		}
	}
}

func (m *mesh) remember(id string) {
	m.seen[id] = true
	m.seenOrder = append(m.seenOrder, id)
	if len(m.seenOrder) > rememberedGossip {
		delete(m.seen, m.seenOrder[0])
		m.seenOrder = m.seenOrder[1:]
	}
}
