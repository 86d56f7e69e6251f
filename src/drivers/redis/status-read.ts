import type { PeerName } from '../../model/names.ts';
import { parseStatusEntry, statusKey, statusStreamKey } from '../../model/wire.ts';
import type { Reply } from './redis-call.ts';
import type { RedisLink } from './redis-link.ts';
import { redisScript, runScript } from './redis-script.ts';
import type { StreamEntry } from './replica-changes.ts';

/** Peers that are read at once, at most; a Lua call takes no more than a few thousand arguments. */
export const KEYS_PER_READ = 1_000;
/** Stream entries that are read at once, of all peers together. */
const ENTRIES = 10_000;

/**
 * Reads values and streams, and in the same instant puts a mark among the notifications and into the replication stream: what stands
 * before it is of statuses up to what was read, what stands behind it of later ones.
 *
 * A stream that cannot be read (of another type, of a server without streams, or forbidden) counts as empty.
 *
 * KEYS: statuses, then as many streams. ARGV: channel of marks, the read's number, entries at most, then the first id to read of each
 * stream; empty strings for no mark and for a stream that is not wanted.
 * Answer: { peers that were served, { value, … }, place among the peers, { entry, … }, … }
 */
const READ = redisScript(`
local n = #KEYS / 2
local left = tonumber(ARGV[3])
if ARGV[1] ~= '' then redis.call('PUBLISH', ARGV[1], ARGV[2]) end
local answer = { n, redis.call('MGET', unpack(KEYS, 1, n)) }
for i = 1, n do
  local from = ARGV[i + 3]
  if from ~= '' then
    if left <= 0 then answer[1] = i - 1 break end
    local entries = redis.pcall('XRANGE', KEYS[n + i], from, '+', 'COUNT', left)
    if not entries.err and #entries > 0 then
      left = left - #entries
      answer[#answer + 1] = i
      answer[#answer + 1] = entries
    end
  end
end
return answer`);

/** What a peer's two keys held at one instant. */
export interface StatusReading {
  readonly value: string | undefined;
  /** Of the stream, oldest first. */
  readonly entries: readonly StreamEntry[];
  /** The id behind the last of them. */
  readonly next: string | undefined;
  /** There may be more entries, so that the value is perhaps of a later one. */
  readonly more: boolean;
}

interface Wanted {
  readonly peer: PeerName;
  /** The first id to read of its stream; undefined: none of it. */
  readonly from: string | undefined;
}

/** Reads the peers in their order: at least the first of them, and as many as fit into one answer. */
export async function readStatuses(
  link: RedisLink,
  wanted: readonly Wanted[],
  mark: { readonly channel: string; readonly number: number } | undefined,
): Promise<readonly StatusReading[]> {
  const keys = [...wanted.map(({ peer }) => statusKey(peer)), ...wanted.map(({ peer }) => statusStreamKey(peer))];
  const args = [mark?.channel ?? '', mark?.number ?? '', ENTRIES, ...wanted.map(({ from }) => from ?? '')];
  const [served, values, ...streams] = (await runScript(link, READ, keys, args)) as readonly Reply[];
  const lists = new Map<number, readonly RawEntry[]>();
  let left = ENTRIES;
  let last = -1;
  for (let i = 0; i + 1 < streams.length; i += 2) {
    const list = streams[i + 1] as unknown as readonly RawEntry[];
    left -= list.length;
    last = Number(streams[i]) - 1;
    lists.set(last, list);
  }
  return (values as readonly Reply[]).slice(0, Number(served)).map((value, index) => {
    const list = lists.get(index) ?? [];
    const end = list.at(-1)?.[0];
    return {
      value: typeof value === 'string' ? value : undefined,
      entries: list.flatMap(([id, fields]) => {
        const entry = parseStatusEntry(fields);
        // Somebody else's, whatever it is.
        return entry === undefined ? [] : [{ ...entry, id }];
      }),
      next: end === undefined ? undefined : idBehind(end),
      more: left <= 0 && index === last,
    };
  });
}

/** Its id, then fields and values in turn. */
type RawEntry = readonly [string, readonly string[]];

/** The id that follows `id`. */
export function idBehind(id: string): string {
  const [ms, sequence] = id.split('-');
  return `${ms}-${BigInt(sequence ?? 0) + 1n}`;
}
