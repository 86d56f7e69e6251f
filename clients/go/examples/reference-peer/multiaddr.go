package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strconv"
)

// endpoint is a host, by address or name, and a UDP port.
type endpoint struct {
	host string
	port uint16
}

var udpMultiaddr = regexp.MustCompile(`^/(?:ip4|ip6|dns|dns4|dns6)/([^/]+)/udp/(\d{1,5})(?:/|$)`)

// parseMultiaddr reads /ip4/192.0.2.10/udp/11984/quic-v1, also with ip6, dns, dns4 and dns6.
func parseMultiaddr(text string) (endpoint, error) {
	parts := udpMultiaddr.FindStringSubmatch(text)
	if parts == nil {
		return endpoint{}, fmt.Errorf("no use for the address %q; expected /ip4/<address>/udp/<port>/…", text)
	}
	port, err := strconv.ParseUint(parts[2], 10, 16)
	if err != nil {
		return endpoint{}, fmt.Errorf("no use for the port of %q; expected up to 65535", text)
	}
	return endpoint{host: parts[1], port: uint16(port)}, nil
}

// multiaddr is what others are told.
func (e endpoint) multiaddr() string {
	family := "dns"
	if address, err := netip.ParseAddr(e.host); err == nil {
		family = "ip6"
		if address.Is4() {
			family = "ip4"
		}
	}
	return fmt.Sprintf("/%s/%s/udp/%d/quic-v1", family, e.host, e.port)
}

func (e endpoint) String() string { return net.JoinHostPort(e.host, strconv.Itoa(int(e.port))) }

// ownHost is how other machines reach this one: HOST_ADDR, else its first IPv4 address that is not loopback.
func ownHost() string {
	if host := os.Getenv("HOST_ADDR"); host != "" {
		return host
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "127.0.0.1"
	}
	for _, address := range addresses {
		if network, is := address.(*net.IPNet); is && network.IP.To4() != nil && !network.IP.IsLoopback() {
			return network.IP.String()
		}
	}
	return "127.0.0.1"
}
