import { spawnSync } from 'node:child_process';
import { redisBuses } from '../../src/drivers/redis/redis-bus.ts';
import { SESSION_LIMITS } from '../../src/drivers/redis/redis-session.ts';
import {
  commandKey,
  formatStatusEntry,
  heartbeatKey,
  logKey,
  statusKey,
  statusStreamKey,
} from '../../src/model/wire.ts';
import type { BusRig } from './bus-fixture.ts';
import { CuttableWire } from './bus-wire.ts';
import { PrivateRedis } from './redis-server-private.ts';

/** The contract on a real server, with peers that are plain Redis clients. */
export async function redisBusRig(
  options: { readonly database?: number; readonly args?: readonly string[] } = {},
): Promise<BusRig> {
  const database = options.database ?? 0;
  const server = await PrivateRedis.start(options.args ?? []);
  const peer = await server.client(database);
  let reports = 0;
  const wire = await CuttableWire.to(server.port);
  return {
    buses: redisBuses(SESSION_LIMITS),
    url: `redis://127.0.0.1:${wire.port}/${database}`,
    async take(name) {
      // A connection each, as peers have, since a waiting BLPOP blocks it.
      const waiting = await server.client(database);
      const taken = await waiting.blpop(commandKey(name), 20);
      waiting.disconnect();
      if (taken === null) throw new Error(`no command for ${name} within 20 s`);
      return taken[1];
    },
    async set(name, ...statuses) {
      await Promise.all(statuses.map((status) => peer.set(statusKey(name), status)));
    },
    async report(name, ...statuses) {
      await Promise.all(
        statuses.map(({ status, at }) => {
          reports += 1;
          const entry = formatStatusEntry({ status, at, report: `rig:${reports}` });
          return peer
            .multi()
            .call('xadd', statusStreamKey(name), 'MAXLEN', '~', '1000', '*', ...entry)
            .set(statusKey(name), status)
            .exec();
        }),
      );
    },
    async beat(name, text) {
      await peer.set(heartbeatKey(name), text);
    },
    async log(name, ...lines) {
      await Promise.all(lines.map((line) => peer.lpush(logKey(name), line)));
    },
    async interrupt(meanwhile) {
      wire.block();
      await meanwhile?.();
      wire.unblock();
    },
    replace: () => server.restart(),
    deadPid: spawnSync('true').pid,
    machine: 'here',
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
