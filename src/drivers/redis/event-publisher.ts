import type { TestName } from '../../model/names.ts';
import { eventsKey, eventsStartKey } from './own-keys.ts';
import type { RedisArgument, Reply } from './redis-call.ts';
import { RedisLinkLost } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';
import type { SessionMember } from './redis-session.ts';

/** Lines that a stream keeps, about. */
const KEPT = 200_000;
/** Lines that wait here, at most, while Redis is away; the oldest go first, since this is a copy of the journal. */
const BUFFERED = 50_000;
const LINES_PER_WRITE = 500;

/** One test's stream, as written by this bus. Ids are given here, so that a line that is written again is refused as old. */
interface Stream {
  readonly lines: { readonly text: string; readonly number: number }[];
  /** First part of the ids, above all that was there before; undefined until it was looked up. */
  epoch?: number;
  written: number;
}

/** Copies journal lines to the test's stream, in order, each once. Never throws: what Redis refuses is left out. */
export class EventPublisher implements SessionMember {
  readonly #streams = new Map<TestName, Stream>();
  #link: RedisLink | undefined;
  #writing: Promise<void> | undefined;

  /** Resolves when the lines are written, or at once while Redis is away: they are kept then. */
  async publish(test: TestName, lines: readonly string[]): Promise<void> {
    const stream = this.#streams.get(test) ?? { lines: [], written: 0 };
    this.#streams.set(test, stream);
    for (const text of lines) {
      stream.written += 1;
      stream.lines.push({ text, number: stream.written });
    }
    if (stream.lines.length > BUFFERED) stream.lines.splice(0, stream.lines.length - BUFFERED);
    await this.#write();
  }

  /** Resolves when nothing is being written. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async connected(link: RedisLink): Promise<void> {
    await this.#writing;
    this.#link = link;
    // Nobody waits for a copy.
    void this.#write();
  }

  lost(): void {
    this.#link = undefined;
  }

  ended(): void {
    this.#link = undefined;
    this.#streams.clear();
  }

  async #write(): Promise<void> {
    this.#writing ??= this.#writeAll()
      .catch(() => {
        // The next connection goes on with what is left.
        this.#link = undefined;
      })
      .finally(() => {
        this.#writing = undefined;
      });
    await this.#writing;
    if (this.#link !== undefined && [...this.#streams.values()].some(({ lines }) => lines.length > 0))
      await this.#write();
  }

  async #writeAll(): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    for (const [test, stream] of this.#streams) {
      while (stream.lines.length > 0) {
        stream.epoch ??= await newEpoch(link, test);
        const { epoch } = stream;
        const lines = stream.lines.slice(0, LINES_PER_WRITE);
        const starts = lines.map(({ text, number }) => ({ started: runStarted(text), id: `${epoch}-${number}` }));
        for (const { started, id } of starts) if (started !== undefined) await begin(link, test, started, id);
        await link.pipeline(lines.map(({ text, number }) => append(test, `${epoch}-${number}`, text)));
        // The buffer may have been cut at its front meanwhile.
        const last = lines.at(-1)!.number;
        while (stream.lines.length > 0 && stream.lines[0]!.number <= last) stream.lines.shift();
        await new Promise(setImmediate);
      }
    }
  }
}

const append = (test: TestName, id: string, line: string): readonly [string, ...RedisArgument[]] => [
  'xadd',
  eventsKey(test),
  'MAXLEN',
  '~',
  KEPT,
  id,
  'e',
  line,
];

async function newEpoch(link: RedisLink, test: TestName): Promise<number> {
  const [reply] = await link.pipeline([['xrevrange', eventsKey(test), '+', '-', 'COUNT', 1]]);
  const last = Array.isArray(reply) ? (reply[0] as readonly Reply[] | undefined) : undefined;
  return Math.max(Date.now(), last === undefined ? 0 : Number(String(last[0]).split('-')[0]) + 1);
}

/** A new run begins a new history; a resumed one goes on with its own. */
async function begin(link: RedisLink, test: TestName, started: Started, id: string): Promise<void> {
  const key = eventsStartKey(test);
  try {
    if (started.resumed && String((await link.call('get', key)) ?? '').split(' ')[1] === started.run) return;
    await link.call('set', key, `${id} ${started.run}`);
    // An earlier run may have left the stream with an expiry.
    await link.call('persist', eventsKey(test));
  } catch (error) {
    if (error instanceof RedisLinkLost) throw error;
  }
}

interface Started {
  readonly run: string;
  readonly resumed: boolean;
}

/** The run that a journal line begins, if it begins one. */
function runStarted(line: string): Started | undefined {
  // Parsing every line only to find this one would cost more than sending it.
  if (!line.includes('"run-started"')) return undefined;
  try {
    const event = JSON.parse(line) as { readonly type?: unknown; readonly run?: unknown; readonly resumed?: unknown };
    return event.type === 'run-started' ? { run: String(event.run), resumed: event.resumed === true } : undefined;
  } catch {
    return undefined;
  }
}
