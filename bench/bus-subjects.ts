import { redisBuses } from '../src/drivers/redis/redis-bus.ts';
import { Secret } from '../src/lib/secret.ts';
import { peerName, testName } from '../src/model/names.ts';
import type { LogLine } from '../src/ports/bus.ts';
import { PlainBus, type PlainListener } from './bus-plain.ts';

/** How many peers there are. */
export const PEERS = 100;

/** A way to hear peers, and to send them commands. */
export interface Subject extends AsyncDisposable {
  send(peer: string, command: string): Promise<void>;
}

interface Ways {
  readonly replicated: boolean;
  /** Lines are also copied to the stream that `tm watch` reads, as a run does. */
  readonly published: boolean;
}

const { signal } = new AbortController();
const ignore = (): void => undefined;

async function tm(url: string, listener: PlainListener, { replicated, published }: Ways): Promise<Subject> {
  const bus = await redisBuses().connect(new Secret(url), signal);
  const peers = Array.from({ length: PEERS }, (_, i) => peerName(`p${i}`));
  const test = testName('bench');
  if (replicated && !(await bus.replicate(peers, signal))) throw new Error('the replication stream is not to be had');
  const published_ = (lines: readonly LogLine[]) =>
    bus.publish(
      test,
      lines.map((line) => JSON.stringify({ seq: 1, atMs: 1, time: '2026-01-01T00:00:00.000Z', type: 'log', ...line })),
    );
  await bus.listen(
    test,
    peers,
    {
      status: ({ status }) => listener.status(Number(status.split('|')[1])),
      async logs(lines) {
        for (const { message } of lines) listener.line(Number.parseFloat(message));
        if (published) await published_(lines);
      },
      ...{ taken: ignore, asked: ignore, lost: ignore, restored: ignore },
    },
    signal,
  );
  return {
    send: async (peer, command) => void (await bus.send(peerName(peer), command, signal)),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

/** What is measured: tm by notification, tm by the replication stream, and the plain way. */
export const SUBJECTS = {
  notified: (url: string, listener: PlainListener, published = false): Promise<Subject> =>
    tm(url, listener, { replicated: false, published }),
  replicated: (url: string, listener: PlainListener, published = false): Promise<Subject> =>
    tm(url, listener, { replicated: true, published }),
  plain: (url: string, listener: PlainListener): Promise<Subject> => PlainBus.listen(url, PEERS, listener),
} as const;

export type Way = keyof typeof SUBJECTS;
