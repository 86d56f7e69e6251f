// The reference peer: a small distributed program that tm can put through its paces. Peers find each other over UDP, and pass messages on
// until they arrive. Its commands are described in examples/peer/README.md of the repository.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	themule "the-mule/go"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	client, err := themule.NewBuilder().Build(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	p := &peer{client: client, tracked: map[string]bool{}}
	if p.mesh, err = p.listen(); err != nil {
		p.logf(slog.LevelError, "%s", err)
		return err
	}
	if err := client.SendStatus(ctx, "started|"+p.mesh.multiaddr()); err != nil {
		return err
	}
	for command := range client.All(ctx) {
		p.logf(slog.LevelDebug, "command %s", command.Raw)
		if err := p.obey(ctx, command); err != nil {
			return err
		}
	}
	return client.Err()
}

func (p *peer) listen() (*mesh, error) {
	listenAddr, err := p.client.ListenAddr()
	if err != nil {
		return nil, err
	}
	at, err := parseMultiaddr(listenAddr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w", listenAddr, err)
	}
	m, err := listen(p.client.Name(), at, ownHost(), p)
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w", listenAddr, err)
	}
	return m, nil
}
