package themule

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"
)

// watchedConn reads all the time, whether anybody asks or not, so that a loss is noticed at once and not at the next command. Times are
// not its matter: deadlines are ignored, and whoever has waited long enough closes it.
type watchedConn struct {
	net.Conn
	received *io.PipeReader
	// Closed when nothing more will come; then why says the reason.
	over chan struct{}
	why  error

	mu    sync.Mutex
	first []byte
}

func watch(conn net.Conn) *watchedConn {
	reader, writer := io.Pipe()
	watched := &watchedConn{Conn: conn, received: reader, over: make(chan struct{})}
	go watched.pump(writer)
	return watched
}

func (c *watchedConn) pump(to *io.PipeWriter) {
	defer close(c.over)
	buffer := make([]byte, 16<<10)
	for {
		n, err := c.Conn.Read(buffer)
		if n > 0 {
			c.mu.Lock()
			if c.first == nil {
				c.first = bytes.Clone(buffer[:min(n, 200)])
			}
			c.mu.Unlock()
			if _, closed := to.Write(buffer[:n]); closed != nil {
				err = closed
			}
		}
		if err != nil {
			c.why = err
			to.CloseWithError(err)
			return
		}
	}
}

// lastWords is why a server hung up on a client that it has not listened to: it is full, or protects itself.
func (c *watchedConn) lastWords() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	line, _, _ := bytes.Cut(c.first, []byte("\r\n"))
	if !bytes.HasPrefix(line, []byte("-DENIED")) && !bytes.HasPrefix(line, []byte("-ERR max number of clients")) {
		return ""
	}
	return string(line[1:])
}

func (c *watchedConn) Read(to []byte) (int, error) { return c.received.Read(to) }

func (c *watchedConn) Close() error {
	c.received.Close()
	return c.Conn.Close()
}

func (c *watchedConn) SetDeadline(time.Time) error      { return nil }
func (c *watchedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *watchedConn) SetWriteDeadline(time.Time) error { return nil }
