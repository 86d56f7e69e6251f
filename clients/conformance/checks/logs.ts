import { fails, holds, listed, must, notShown, quote, same } from '../finding.ts';
import { LOG_LEVELS } from '../requirement.ts';
import type { Peer } from '../rig/peer.ts';
import type { Rig } from '../rig/rig.ts';
import { commandOf, requestsOn } from '../rig/traffic.ts';
import type { Checks } from './check.ts';

const NO_LINES = notShown('it logs nothing that the suite could see');
const UNKNOWN = Array.from({ length: 20 }, (_, i) => `conformance-unknown-${i}`);
const SEEN_WITHIN_MS = 3_000;

/** A whole life with commands that the peer does not know; gives it after its end. */
async function afterUnknown(rig: Rig): Promise<Peer> {
  const peer = await rig.start();
  await peer.send('connect', ...UNKNOWN, 'disconnect', 'shutdown');
  await peer.ended('after `shutdown`');
  return peer;
}

/** What a peer writes to its log. */
export const LOG_CHECKS = {
  'P-LOG-FORM': async (rig: Rig) => {
    const peer = await afterUnknown(rig);
    const key = `${peer.name}_log`;
    const pushes = requestsOn(peer.proxy.requests, key).filter(({ words }) =>
      /PUSH|INSERT|LSET|^SET|APPEND|XADD/i.test(words[0] ?? ''),
    );
    if (pushes.length === 0) return NO_LINES;
    const other = pushes.find((request) => !/^LPUSHX?$/.test(commandOf(request)));
    must(other === undefined, `LPUSH ${key}`, quote(other?.words));
    const type = await peer.redis.type(key);
    return type === 'list' ? holds : fails(`a list at ${key}`, `its type is ${type}`);
  },

  'P-LOGS-FIRST': async (rig: Rig) => {
    const peer = await rig.start();
    const has = async (text: string) => (await peer.lines()).some((line) => line.includes(text));
    await peer.send('conformance-first');
    await peer.tookAll();
    const deadline = performance.now() + SEEN_WITHIN_MS;
    await peer.until(
      'the peer to go on after a command that it does not know',
      async () => performance.now() > deadline || (await has('conformance-first')),
    );
    const speaks = await has('conformance-first');
    await peer.send(...UNKNOWN, 'shutdown');
    await peer.ended('after `shutdown`');
    const lines = await peer.lines();
    const missing = UNKNOWN.filter((command) => !lines.some((line) => line.includes(command)));
    if (!speaks && missing.length === UNKNOWN.length)
      return notShown('it does not log the commands that it does not know');
    return missing.length === 0
      ? holds
      : fails(`a line for each of ${UNKNOWN.length} commands before the end`, `none for ${listed(missing, 'of them')}`);
  },

  'P-LOG-LEVELS': async (rig: Rig) => {
    const lines = await (await afterUnknown(rig)).lines();
    if (lines.length === 0) return NO_LINES;
    const odd = lines.find((line) => !LOG_LEVELS.some((level) => line.startsWith(`${level}|`)));
    return odd === undefined ? holds : fails(`\`level|message\` with one of ${LOG_LEVELS.join(', ')}`, quote(odd));
  },

  'P-UNKNOWN-LOGGED': async (rig: Rig) => {
    const lines = await (await afterUnknown(rig)).lines();
    const missing = UNKNOWN.find((command) => !lines.some((line) => line.includes(command)));
    return missing === undefined
      ? holds
      : fails(
          `a line that tells of ${quote(missing)}`,
          lines.length === 0 ? 'no line at all' : `the last of ${lines.length} lines: ${quote(lines.at(-1))}`,
        );
  },

  'C-LOG-ORDER': async (rig: Rig) => {
    const count = 5_000;
    const peer = await rig.start();
    const texts = [
      'a|b||c|',
      'two\nlines\r\n\ttab',
      '100% of %s and %d, {} {0} $1',
      '"quoted" \'text\' \\n \\',
      'Grüße, 世界 🌍 e\u0301 \u200d \u2028',
      '\u0001\u001b[31m\u007f',
      `long ${'x'.repeat(100_000)}`,
    ];
    await peer.send(
      ...texts.map((text) => `log|warn|1|${text}`),
      `log|info|${count}|line`,
      'log|error|1|last',
      'shutdown',
    );
    await peer.ended('after `shutdown`');
    const all = await peer.lines();
    const lines = all.filter((line) => !/^info\|logged \d+ lines in/.test(line));
    const expected = [
      ...texts.map((text) => `warn|${text} 1`),
      ...Array.from({ length: count }, (_, i) => `info|line ${i + 1}`),
      'error|last 1',
    ];
    const own = lines.filter((line) => expected.includes(line) || /^(warn|error)\|/.test(line));
    const wrong = expected.findIndex((line, i) => own[i] !== line);
    must(wrong < 0, `as line ${wrong + 1}: ${quote(expected[wrong])}`, quote(own[wrong]));
    return own.length === expected.length ? holds : fails(`${expected.length} lines`, `${own.length}`);
  },

  'C-LOG-LEVEL': async (rig: Rig) => {
    const cases = [
      { level: undefined, forwarded: ['error', 'warn', 'info'] },
      { level: 'error', forwarded: ['error'] },
      { level: 'debug', forwarded: ['error', 'warn', 'info', 'debug'] },
      { level: 'trace', forwarded: [...LOG_LEVELS] },
    ];
    await Promise.all(
      cases.map(async ({ level, forwarded }) => {
        const peer = await rig.start({ environment: { LOG_LEVEL: level, RUST_LOG: level } });
        await peer.send(...LOG_LEVELS.map((each) => `log|${each}|1|conformance`), 'shutdown');
        await peer.ended('after `shutdown`');
        const seen = (await peer.lines()).flatMap((line) => /^(\w+)\|conformance 1$/.exec(line)?.[1] ?? []);
        must(
          same(seen, forwarded),
          `with LOG_LEVEL ${level ?? 'not set'} the levels ${forwarded.join(', ')}`,
          seen.join(', '),
        );
      }),
    );
    return holds;
  },

  'C-LOG-ASYNC': async (rig: Rig) => {
    const peer = await rig.start();
    await peer.waits();
    for (const link of peer.proxy.others) link.freeze();
    await peer.obeyed('10,000 lines logged while Redis does not answer', 'log|info|5000|first', 'log|info|5000|second');
    for (const link of peer.proxy.open) link.thaw();
    await peer.logged('info|second 5000');
    return holds;
  },

  'C-STATUS-AFTER-LOGS': async (rig: Rig) => {
    const count = 3_000;
    const peer = await rig.start();
    for (const round of [1, 2, 3]) {
      await peer.send(`log|info|${count}|round-${round}`, `status|ready-${round}`);
      await peer.reported(`ready-${round}`);
      const status = peer.statuses.find(({ text }) => text === `ready-${round}`)?.request;
      await peer.logged(`info|round-${round} ${count}`);
      const line = peer.proxy.requests.find(({ words }) => words.includes(`info|round-${round} ${count}`));
      must(status !== undefined && line !== undefined, 'the line and the status', 'neither');
      const isBefore =
        line.link === status.link
          ? line.sentMs <= status.sentMs
          : (line.answeredMs ?? Number.POSITIVE_INFINITY) <= status.sentMs;
      must(
        isBefore && peer.proxy.requests.indexOf(line) < peer.proxy.requests.indexOf(status),
        'the last line in Redis before the status',
        `SET ready-${round} ${(line.sentMs - status.sentMs).toFixed(0)} ms before it`,
      );
    }
    return holds;
  },

  'C-FLUSH-CLOSE': async (rig: Rig) => {
    const count = 20_000;
    const peer = await rig.start();
    await peer.send(`log|info|${count}|line`, 'shutdown');
    await peer.ended('after `shutdown`');
    const lines = (await peer.lines()).filter((line) => line.startsWith('info|line '));
    return lines.length === count && lines.at(-1) === `info|line ${count}`
      ? holds
      : fails(`${count} lines in Redis`, `${lines.length}, the last one ${quote(lines.at(-1))}`);
  },
} satisfies Checks;
