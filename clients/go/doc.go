// Package themule connects a peer, written in Go, with tm, the tool that tests it.
//
// tm starts each peer with an environment that says where Redis is and what the peer is called. Commands of the test's timeline come in,
// statuses and log lines go out:
//
//	client, err := themule.NewBuilder().Build(ctx)
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer client.Close()
//
//	client.SendStatus(ctx, "started|"+myMultiaddr)
//	for command := range client.All(ctx) {
//		switch command.Kind {
//		case themule.KindConnect:
//			client.SendStatus(ctx, "connected")
//		case themule.KindRestart:
//			client.Restart(ctx, command.Delay)
//		case themule.KindShutdown:
//			client.SendStatus(ctx, "stopped")
//			return
//		}
//	}
//
// What the program logs with log/slog (and with log) reaches tm as well. Two connections to Redis are held, and made again for ever when
// they are lost; statuses and log lines wait meanwhile, commands stay in Redis until they are asked for.
//
// All methods of a client may be called by several goroutines; commands have one reader at a time.
package themule
