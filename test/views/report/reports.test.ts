import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { readRun, writeReports } from '../../../src/views/report/reports.ts';
import { parseEvent } from '../../../src/views/watch/parse-event.ts';
import * as scenarios from '../scenarios.ts';
import { fiveHundredPeers, fivePeers } from './sample-runs.ts';

const reportsOf = async (events: Iterable<TmEvent>) => writeReports(await readRun(events));

const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

/** Texts as unkind as a peer can make them, mixed with plain ones. */
const unkind = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!-- ]]> &amp; &#x3c;',
    '</title></svg></td></table>',
    '\u001b[31mred\u001b[0m\u0000\u0007',
    '\u202edesrever\u2066',
    '\ud800 half',
    '👩‍👩‍👧 مرحبا',
  ),
);

/** A run whose peer says those texts wherever a peer can say anything. */
function speaking(texts: readonly string[]): readonly TmEvent[] {
  const script = scenarios.createScript();
  const peer = peerName('alice');
  script.at(0, scenarios.runStarted([peer]));
  script.at(10, { type: 'timeline-started', commands: 0, lengthMs: 1000 });
  for (const [i, text] of texts.entries()) {
    script.at(20 + i * 100, { type: 'peer-status', peer, status: text, missed: 0, via: 'stream' });
    script.at(25 + i * 100, { type: 'log', peer, level: 'error', message: text });
    script.at(30 + i * 100, { type: 'message-sent', peer, command: text, origin: 'hand', by: text });
    script.at(35 + i * 100, { type: 'warning', message: text, hint: text });
  }
  script.at(2000, { type: 'peer-died', peer, host: scenarios.GARAGE, oomKilled: false, lastLines: texts });
  script.at(2001, { type: 'verdict', verdict: { kind: 'failed', reasons: texts } });
  return script.events;
}

describe('reports', () => {
  test('are the same bytes for the same journal, read again from its lines', async () => {
    const events = scenarios.expects();
    const lines = events.map((event) => JSON.stringify(event));
    const again = lines.flatMap((line) => parseEvent(line) ?? []);
    expect(await reportsOf(again)).toEqual(await reportsOf(events));
  });

  test('tell of the last attempt alone', async () => {
    const last = await reportsOf(fivePeers());
    expect(await reportsOf([...scenarios.dies(), ...fivePeers()])).toEqual(last);
  });

  test('are drawn of a journal that is empty', async () => {
    const reports = await reportsOf([]);
    expect(reports['report.html']).toContain('The run has no peers');
    expect(reports['junit.xml']).toContain('errors="4"');
  });

  test('of 500 peers and 40,000 events are below 10 MB', async () => {
    const events = fiveHundredPeers();
    expect(events.length).toBeGreaterThan(39_000);
    const reports = await reportsOf(events);
    for (const text of Object.values(reports)) expect(Buffer.byteLength(text)).toBeLessThan(10_000_000);
  });

  test('do not grow without end with what one peer does', async () => {
    const script = scenarios.createScript();
    const peer = peerName('alice');
    script.at(0, scenarios.runStarted([peer]));
    for (let i = 0; i < 60_000; i++) {
      script.at(i, {
        type: 'peer-status',
        peer,
        status: i % 2 === 0 ? 'connecting' : 'connected',
        missed: 0,
        via: 'stream',
      });
      script.at(i, { type: 'log', peer, level: 'info', message: 'x'.repeat(500) });
      script.at(i, { type: 'message-sent', peer, command: 'push|bob|hello', origin: 'hand' });
    }
    const reports = await reportsOf(script.events);
    expect(Buffer.byteLength(reports['report.html'])).toBeLessThan(12_000_000);
    expect(reports['report.html']).toMatch(/This page has \d+ of 60000 lines/);
    expect(reports['report.html']).toContain('45000 messages to peers did not find room in the lanes');
  });
});

describe('a peer’s text', () => {
  test('never adds a tag, an attribute, a quote or a character that is obeyed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(unkind, { minLength: 1, maxLength: 3 }), async (texts) => {
        const page = (await reportsOf(speaking(texts)))['report.html'];
        // Tags as a browser would read them: all are ours, and all quotes stand around attribute values without any inside.
        const body = page.slice(page.indexOf('<body>'), page.indexOf('<script>'));
        const strange = [...body.matchAll(/<[^>]*>?/g)].filter(
          ([tag]) => !/^<\/?[a-z][a-z0-9]*(\s[a-z][a-zA-Z0-9-]*(="[^"<>]*")?)*\s*\/?>$/.test(tag),
        );
        expect(strange).toEqual([]);
        expect(body.match(/\son[a-z]+="/)).toBeNull();
        expect(body.match(OBEYED)).toBeNull();
        expect(page.split('<script>')).toHaveLength(2);
        expect(page.split('</script>')).toHaveLength(2);
      }),
      { numRuns: 300 },
    );
  });

  test('is there to be read', async () => {
    const page = (await reportsOf(speaking(['</script><b>"it\'s" & more</b>'])))['report.html'];
    expect(page).toContain('&lt;/script&gt;&lt;b&gt;&quot;it&#39;s&quot; &amp; more&lt;/b&gt;');
  });
});

describe('report.html', () => {
  test('begins with the verdict, then its reasons, what is unmet with its evidence, the rules, the facts', async () => {
    const page = (await reportsOf(scenarios.expects()))['report.html'];
    const order = [
      '<span class="word">failed</span>',
      'dave died: exited with 3',
      'eve wrote 3 lines until 34 s, none of them like it',
      'smoke.yaml:32',
      'pull: asking bob',
      'no peer dies unbidden',
      'Docker 27.1.0, clock 2.3\u00a0s behind (± 12\u00a0ms)',
      '<dt>Redis</dt><dd>',
      '<h2 id="lanes-title">',
      '<h2 id="expectations-title">',
      '<h2 id="commands-title">',
      '<h2 id="peers-title">',
      '<h2 id="log-title">',
    ].map((text) => page.indexOf(text));
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('has a lane for each peer and a row for each of everything', async () => {
    const page = (await reportsOf(scenarios.expects()))['report.html'];
    expect(page.match(/<li class="row roomy/g)).toHaveLength(5);
    expect(page.match(/<li class="row expectation/g)).toHaveLength(5);
    expect(page).toContain('connected: from 0.041 s for 34.1 s');
    expect(page).toContain('due 10.214 s, sent 10.214 s, taken after 1 ms');
    expect(page).toContain('waited from 10.001 s');
    expect(page).toContain('stats (by hand)');
  });

  test('marks the silences of a peer on its lane', async () => {
    const page = (await reportsOf(fivePeers()))['report.html'];
    expect(page.match(/<rect class="silence"/g)).toHaveLength(2);
    expect(page).toContain(
      'silent from 10.997 s for 15 s\nits last heartbeat by its own clock: 2026-02-03T14:02:24.120Z',
    );
    expect(page).toMatch(/aria-label="eve: [^"]*, silent from 10\.997 s, silent from 27\.000 s, ended/);
    expect(page).toContain('silent from here</li>');
    expect((await reportsOf(scenarios.expects()))['report.html']).not.toMatch(/silent from|class="silence"/);
  });

  test('asks for nothing from anywhere', async () => {
    const page = (await reportsOf(fivePeers()))['report.html'];
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toMatch(/url\((?!#)/);
    expect(page).toContain('default-src &#39;none&#39;');
  });
});

describe('a run is read', () => {
  test('without holding more lines than a machine can, and says so', async () => {
    function* flood(): Generator<TmEvent> {
      const script = scenarios.createScript();
      const peer = peerName('alice');
      script.at(0, scenarios.runStarted([peer]));
      yield* script.events;
      for (let i = 0; i < 450_000; i++)
        yield {
          seq: i + 2,
          atMs: i,
          time: '2026-02-03T14:02:11.031Z',
          type: 'log',
          peer,
          level: 'info',
          message: `${i}`,
        };
    }
    const facts = await readRun(flood());
    expect(facts.logs.length).toBeLessThan(400_001);
    expect(facts.logs.length + facts.forgottenLogs).toBe(450_000);
    expect(writeReports(facts)['report.html']).toContain(
      `This page has 20000 of 450000 lines: of the newest ${facts.logs.length} the errors and warnings`,
    );
  });

  test('with long lines cut, and the number of their characters', async () => {
    const script = scenarios.createScript();
    script.at(0, { type: 'log', peer: peerName('alice'), level: 'info', message: 'x'.repeat(1_000_000) });
    const { logs } = await readRun(script.events);
    expect(logs[0]?.message).toBe(`${'x'.repeat(4000)}… (996000 more characters)`);
  });
});
