package themule_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"

	themule "the-mule/go"
)

// A whole peer. It is built with tm's environment.
func Example() {
	run := func(ctx context.Context) error {
		client, err := themule.NewBuilder().Build(ctx)
		if err != nil {
			return err
		}
		defer client.Close()
		if err := client.SendStatus(ctx, "started"); err != nil {
			return err
		}
		for command := range client.All(ctx) {
			slog.Info("told", "command", command.Raw)
			switch command.Kind {
			case themule.KindConnect:
				err = client.SendStatus(ctx, "connected")
			case themule.KindDisconnect:
				err = client.SendStatus(ctx, "disconnected")
			case themule.KindRestart:
				err = client.Restart(ctx, command.Delay)
			case themule.KindShutdown:
				return client.SendStatus(ctx, "stopped")
			}
			if err != nil {
				return err
			}
		}
		return client.Err()
	}
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// The peer of a client that this one replaces compiles unchanged.
func ExampleMuleClient_Commands() {
	ctx := context.Background()
	client, err := themule.NewBuilder().RedisURL("redis://127.0.0.1:6399").PeerName("alice").Build(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	client.SendStatus(ctx, "started")
	for raw := range client.Commands() {
		switch command := themule.ParseCommand(raw); command.Kind {
		case themule.KindShutdown:
			client.SendStatus(ctx, "stopped")
			return
		case themule.KindTest:
			slog.Info("unknown", "word", command.Fields[0])
		}
	}
}

func ExampleParseCommand() {
	for _, raw := range []string{"connect", "restart|1.5", "peer|/ip4/192.0.2.10/udp/11984/quic-v1", "push|bob|hello"} {
		command := themule.ParseCommand(raw)
		fmt.Println(command.Kind, command.Delay, command.Multiaddr, command.Fields)
	}
	// Output:
	// connect 0s  []
	// restart 1.5s  []
	// peer 0s /ip4/192.0.2.10/udp/11984/quic-v1 []
	// test 0s  [push bob hello]
}

func ExampleError() {
	_, err := themule.NewBuilder().RedisURL("redis://127.0.0.1:port").PeerName("").Build(context.Background())
	fmt.Println(errors.Is(err, themule.ErrConfiguration))
	fmt.Println(err)
	// Output:
	// true
	// this program cannot run as a peer of a test:
	//   REDIS_URL names no usable host and port; expected redis://[user:password@]host[:port][/database]
	//   PEER_NAME is not set: the name of this peer in the test
}
