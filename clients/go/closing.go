package themule

import (
	"context"
	"fmt"
	"time"
)

// Restart restarts by the protocol: it leaves the delay, rounded up to whole seconds, for whoever runs the peer, reports "restarting", does
// what Close does, and exits with 42. It returns, and the client goes on, only where the delay cannot be written. An end of ctx shortens the
// closing.
func (c *MuleClient) Restart(ctx context.Context, delay time.Duration) error {
	// First, because it is what can fail: a peer that cannot leave its delay has not stopped being there.
	if err := writeDelay(c.configuration.delayFile, delay); err != nil {
		return err
	}
	c.stopHeartbeats()
	c.settle(ctx, "restarting")
	_ = c.PostStatus("restarting")
	// What could not be sent has been told of in a notice.
	_ = c.shut(ctx)
	c.configuration.exit(restartExitCode)
	return nil
}

// Close sends what is left, within the close timeout, and hangs up. Commands that nobody has received are in Redis then. The error says how
// many log lines and statuses could not be sent.
func (c *MuleClient) Close() error { return c.shut(context.Background()) }

func (c *MuleClient) shut(ctx context.Context) error {
	c.closing.Do(func() {
		defer close(c.closed)
		c.closeErr = c.close(ctx)
	})
	<-c.closed
	return c.closeErr
}

func (c *MuleClient) close(ctx context.Context) error {
	limit := c.configuration.closeTimeout
	deadline := time.Now().Add(limit)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	c.stopHeartbeats()
	flushed := make(chan struct{})
	go func() {
		defer close(flushed)
		// What is left over is counted below.
		_ = c.outbox.flush(ctx)
	}()
	c.mu.Lock()
	feed := c.feed
	c.isClosing = true
	c.mu.Unlock()
	if feed == nil {
		c.inbox.stop(limit)
	} else {
		feed.settle(ctx)
		feed.halt(max(time.Until(deadline), 0))
	}
	<-flushed

	unsent := c.outbox.close()
	c.commands.close()
	c.reports.close()
	<-c.outbox.done
	<-c.heart.done
	if feed != nil {
		feed.close()
	}
	c.restoreSlog()
	c.stopSignals()
	if unsent == 0 {
		return nil
	}
	err := fmt.Errorf("%d log lines and statuses could not be sent", unsent)
	c.configuration.notice(err.Error())
	return err
}

func (c *MuleClient) stopHeartbeats() {
	c.stopHeart.Do(func() { close(c.heart.stop) })
}
