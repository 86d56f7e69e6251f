package main

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"

	"crypto/rand"
)

// longestText is in UTF-16 units; larger datagrams are likely to be lost in pieces.
const longestText = 16_384

func isTooLong(text string) bool { return len(utf16.Encode([]rune(text))) > longestText }

// datagram is what one neighbour has to say to another, one UDP datagram as JSON.
type datagram struct {
	// An ack has the id of what it answers.
	ID string `json:"id"`
	// The sender's name, and the multiaddr where others reach it.
	From    string `json:"from"`
	Address string `json:"address"`
	// hello, goodbye, ack or gossip.
	Kind   string  `json:"kind"`
	Gossip *gossip `json:"gossip,omitempty"`
}

// gossip travels from peer to peer; it is the same on every hop.
type gossip struct {
	ID     string `json:"id"`
	Origin string `json:"origin"`
	Body   body   `json:"body"`
}

// body is a message (To, Text) or a new key (Key).
type body struct {
	Kind string  `json:"kind"`
	To   *string `json:"to,omitempty"`
	Text *string `json:"text,omitempty"`
	Key  *string `json:"key,omitempty"`
}

func (d datagram) encode() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	// These types have a form in JSON whatever they hold.
	_ = encoder.Encode(d)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// decode is false for what is no datagram of ours: anybody can send anything to a UDP port.
func decode(bytes []byte) (datagram, bool) {
	var d datagram
	if json.Unmarshal(bytes, &d) != nil || d.ID == "" || d.From == "" || d.Address == "" {
		return datagram{}, false
	}
	switch d.Kind {
	case "hello", "goodbye", "ack":
		return d, true
	case "gossip":
		return d, d.Gossip != nil && d.Gossip.ID != "" && d.Gossip.Origin != "" && d.Gossip.Body.isWhole()
	default:
		return datagram{}, false
	}
}

func (b body) isWhole() bool {
	switch b.Kind {
	case "message":
		return b.To != nil && b.Text != nil
	case "key":
		return b.Key != nil
	default:
		return false
	}
}

func randomWord() string { return rand.Text() }
