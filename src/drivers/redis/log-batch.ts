import type { PeerName } from '../../model/names.ts';
import { logKey, parseLogLine } from '../../model/wire.ts';
import type { LogLine } from '../../ports/bus.ts';
import { IN_FLIGHT_KEY } from './own-keys.ts';
import type { Reply } from './redis-call.ts';
import type { RedisLink } from './redis-link.ts';
import { redisScript, runScript } from './redis-script.ts';

/**
 * Drops the batch that was confirmed and hands out the next one, which stays in Redis until it is confirmed in turn; an unconfirmed
 * one is handed out again first, be it to another tm. The oldest line of a list is at its right end.
 *
 * Every list gets its share of the batch before any gets more. The batch is written before the lists are cut, so that a server that
 * refuses to write (out of memory) has cut nothing.
 *
 * KEYS: the batch in flight, then the lists in the order to serve them, then as many names in ARGV.
 * ARGV: id that is confirmed, id of the next batch, lines at most, bytes at most, the peers' names.
 * Answer: { id, 1 if all lists were emptied else 0, name, { newest, …, oldest }, name, { … }, … }
 */
const TAKE = redisScript(`
local flight = KEYS[1]
local id = redis.call('HGET', flight, 'id')
if id then
  if id ~= ARGV[1] then return cmsgpack.unpack(redis.call('HGET', flight, 'batch')) end
  redis.call('DEL', flight)
end
local left, room = tonumber(ARGV[3]), tonumber(ARGV[4])
local batch, taken, more = { ARGV[2], 1 }, {}, {}
local function take(i, count)
  local from = taken[i] or 0
  local lines = redis.pcall('LRANGE', KEYS[i], -from - count, -from - 1)
  if lines.err or #lines == 0 then return false end
  for j = 1, #lines do room = room - #lines[j] end
  left = left - #lines
  taken[i] = from + #lines
  batch[#batch + 1] = ARGV[i + 3]
  batch[#batch + 1] = lines
  return #lines == count
end
if #KEYS > 1 then
  local share = math.max(1, math.floor(left / (#KEYS - 1)))
  for i = 2, #KEYS do
    if left <= 0 or room <= 0 then batch[2] = 0 break end
    if take(i, math.min(share, left)) then more[#more + 1] = i end
  end
  for _, i in ipairs(more) do
    while left > 0 and room > 0 and take(i, math.min(left, 200)) do end
    if left <= 0 or room <= 0 then batch[2] = 0 break end
  end
end
if #batch > 2 then
  redis.call('HSET', flight, 'id', ARGV[2], 'batch', cmsgpack.pack(batch))
  for i, count in pairs(taken) do redis.call('LTRIM', KEYS[i], 0, -count - 1) end
end
return batch`);

/** Confirms a batch and takes no other. KEYS: the batch in flight. ARGV: its id. */
const CONFIRM = redisScript(`
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

export interface LogBatch {
  readonly id: string;
  /** In each peer's own order; none when there was nothing. */
  readonly lines: readonly LogLine[];
  /** Every list was empty after this. */
  readonly emptied: boolean;
}

/** How much is taken at once: small enough that what else happens waits only milliseconds. */
const LINES = 1_000;
const BYTES = 1 << 20;

/** Takes lines of these peers; `confirmed` is the id of the last batch that is safe elsewhere, and `id` a new one, of nobody else's. */
export async function takeLogBatch(
  link: RedisLink,
  peers: readonly PeerName[],
  ids: { readonly confirmed: string; readonly id: string },
): Promise<LogBatch> {
  const keys = [IN_FLIGHT_KEY, ...peers.map(logKey)];
  const answer = (await runScript(link, TAKE, keys, [
    ids.confirmed,
    ids.id,
    LINES,
    BYTES,
    ...peers,
  ])) as readonly Reply[];
  const lines: LogLine[] = [];
  for (let i = 2; i + 1 < answer.length; i += 2) {
    const peer = answer[i] as PeerName;
    const newestFirst = answer[i + 1] as readonly string[];
    for (let j = newestFirst.length - 1; j >= 0; j--) lines.push({ peer, ...parseLogLine(newestFirst[j]!) });
  }
  return { id: String(answer[0]), lines, emptied: answer[1] === 1 };
}

/** Lets Redis forget a batch that is safe elsewhere. */
export async function confirmLogBatch(link: RedisLink, id: string): Promise<void> {
  await runScript(link, CONFIRM, [IN_FLIGHT_KEY], [id]);
}
