package main

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// The pauses after which an unanswered datagram is sent again; after the last one it is given up.
var resendAfter = []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 0}

// post is a UDP socket that speaks in datagrams of ours, and can go on sending one until it is acknowledged.
type post struct {
	name   string
	own    endpoint
	socket *net.UDPConn
	closed chan struct{}

	mu         sync.Mutex
	unanswered map[string]chan struct{}
}

// openPost binds the socket. host is how others reach this machine.
func openPost(name string, at endpoint, host string) (*post, error) {
	address, err := net.ResolveUDPAddr("udp", at.String())
	if err != nil {
		return nil, err
	}
	network := "udp6"
	if address.IP.To4() != nil {
		network = "udp4"
	}
	socket, err := net.ListenUDP(network, address)
	if err != nil {
		return nil, err
	}
	port := socket.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	return &post{
		name: name, own: endpoint{host, port}, socket: socket,
		closed: make(chan struct{}), unanswered: map[string]chan struct{}{},
	}, nil
}

// receive hands on every datagram that comes, acks too, until the post is closed.
func (p *post) receive(heard func(d datagram, sender endpoint)) {
	buffer := make([]byte, 1<<16)
	for {
		n, from, err := p.socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			select {
			case <-p.closed:
				return
			default:
				continue
			}
		}
		d, ours := decode(buffer[:n])
		if !ours {
			continue
		}
		if d.Kind == "ack" {
			p.answered(d.ID)
		}
		heard(d, endpoint{from.Addr().Unmap().String(), from.Port()})
	}
}

// send sends once, without waiting.
func (p *post) send(to endpoint, d datagram) {
	if d.ID == "" {
		d.ID = randomWord()
	}
	d.From, d.Address = p.name, p.own.multiaddr()
	bytes := d.encode()
	if address, err := netip.ParseAddr(to.host); err == nil {
		// An address that cannot be reached shows in its silence.
		_, _ = p.socket.WriteToUDPAddrPort(bytes, netip.AddrPortFrom(address, to.port))
		return
	}
	go func() {
		if address, err := net.ResolveUDPAddr("udp", to.String()); err == nil {
			_, _ = p.socket.WriteToUDP(bytes, address)
		}
	}()
}

// deliver sends until it is acknowledged, or given up.
func (p *post) deliver(to endpoint, d datagram) {
	d.ID = randomWord()
	answered := make(chan struct{})
	p.mu.Lock()
	p.unanswered[d.ID] = answered
	p.mu.Unlock()
	defer p.answered(d.ID)
	for _, wait := range resendAfter {
		p.send(to, d)
		select {
		case <-answered:
			return
		case <-p.closed:
			return
		case <-time.After(wait):
		}
	}
}

func (p *post) answered(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answered, waiting := p.unanswered[id]; waiting {
		delete(p.unanswered, id)
		close(answered)
	}
}

func (p *post) close() {
	close(p.closed)
	p.socket.Close()
}
