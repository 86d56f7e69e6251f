import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { readRun, writeReports } from '../../../src/views/report/reports.ts';
import * as scenarios from '../scenarios.ts';
import { launchBrowser, openFile } from './browser.ts';
import { fiveHundredPeers, fivePeers } from './sample-runs.ts';

/** Peers that try to get out of the text. */
const HOSTILE = [
  '</script><script>alert("script")</script>',
  '<img src=x onerror=alert("img")>',
  '"><svg onload=alert("svg")>',
  "' autofocus onfocus='alert(1)",
  '</title></td></table><iframe src="javascript:alert(1)"></iframe>',
  '\u001b[31mred\u001b[0m \u202edesrever\u202c \u0000nul',
  'مرحبا 👩‍👩‍👧 <b>not bold</b>',
];

function hostile(): readonly TmEvent[] {
  const script = scenarios.createScript();
  const peer = peerName('mallory');
  script.at(0, scenarios.runStarted([peer]));
  script.at(100, { type: 'timeline-started', commands: 0, lengthMs: 9000 });
  for (const [i, text] of HOSTILE.entries()) {
    script.at(200 + i * 1000, { type: 'peer-status', peer, status: text, missed: 0, via: 'stream' });
    script.at(300 + i * 1000, { type: 'log', peer, level: 'warn', message: text });
    script.at(400 + i * 1000, { type: 'message-sent', peer, command: text, origin: 'hand', by: text });
  }
  script.at(9000, { type: 'verdict', verdict: { kind: 'failed', reasons: HOSTILE } });
  return script.events;
}

const RUNS = {
  failed: fivePeers,
  large: fiveHundredPeers,
  expectations: scenarios.expects,
  passed: scenarios.passes,
  interrupted: scenarios.isInterrupted,
  errored: scenarios.cannotStart,
  rude: scenarios.rudeLogs,
  hostile,
} as const;
type Run = keyof typeof RUNS;

let directory = '';
let browser: Browser;
const fileOf = (run: Run): string => join(directory, `${run}.html`);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-page-'));
  for (const [run, events] of Object.entries(RUNS))
    await writeFile(fileOf(run as Run), writeReports(await readRun(events()))['report.html']);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

/** What the page stands on. */
const GROUND = 'getComputedStyle(document.body).backgroundColor';

const ALL = Object.keys(RUNS) as readonly Run[];

describe.each([true, false])('report.html, with scripts: %s', (javaScriptEnabled) => {
  test.each(ALL)(
    'of a run that is %s opens without a complaint, asks the network for nothing, and fits its screen',
    async (run) => {
      const { page, complaints } = await openFile(browser, fileOf(run), { javaScriptEnabled });
      expect(await page.locator('h1').isVisible()).toBe(true);
      expect(await page.locator('#lanes h2').isVisible()).toBe(true);
      for (const width of [400, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${width} px`).toBeLessThanOrEqual(width);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});

describe('report.html', () => {
  test('shows the verdict, why, and what was unmet before anything else', async () => {
    const { page } = await openFile(browser, fileOf('failed'));
    const fold = 900;
    for (const text of [
      'Failed',
      'charlie died: exited with 137',
      'bob: log "pulled" from 10 s by 20 s',
      'no peer dies unbidden',
    ]) {
      const box = await page.getByText(text, { exact: false }).first().boundingBox();
      expect(box && box.y + box.height, text).toBeLessThan(fold);
    }
    await page.context().close();
  });

  test('filters the log by text, peer and level', async () => {
    const { page } = await openFile(browser, fileOf('failed'));
    const shown = page.locator('#logs tbody tr:visible');
    const all = await shown.count();
    expect(all).toBe(122);
    await page.getByRole('combobox', { name: 'Level' }).selectOption('warn');
    const grave = await shown.count();
    expect(grave).toBeLessThan(all);
    await page.getByRole('combobox', { name: 'Peer' }).selectOption('bob');
    await page.getByRole('searchbox', { name: 'Text' }).fill('NO MESSAGES');
    expect(await shown.locator('.text').allTextContents()).toEqual(['pull: no messages\n']);
    expect(await page.locator('#log-count').textContent()).toBe('1 of 122 lines');
    await page.getByRole('searchbox', { name: 'Text' }).fill('');
    await page.getByRole('combobox', { name: 'Peer' }).selectOption('');
    await page.getByRole('combobox', { name: 'Level' }).selectOption('');
    expect(await shown.count()).toBe(all);
    await page.context().close();
  });

  test('shows details where one points, and leaves the title where it was', async () => {
    const { page } = await openFile(browser, fileOf('failed'));
    const bar = page.locator('.row', { hasText: 'charlie' }).locator('.bar.up').last();
    await bar.hover();
    const tip = page.locator('#tip');
    expect(await tip.textContent()).toContain('connected: from 0.436 s for 30.8 s');
    expect(await bar.locator('title').count()).toBe(0);
    await page.mouse.move(0, 0);
    expect(await tip.isVisible()).toBe(false);
    expect(await bar.locator('title').textContent()).toContain('connected: from 0.436 s');
    await page.context().close();
  });

  test('is walked through by keyboard, and stretched', async () => {
    const { page } = await openFile(browser, fileOf('failed'));
    const tip = page.locator('#tip');
    await page.locator('#chart').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('#tip', { hasText: '#2 bob: log "pulled"' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('#tip', { hasText: 'bob: log pull: no messages at 15.200 s' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);

    const width = async (): Promise<number> => (await page.locator('#canvas').boundingBox())?.width ?? 0;
    const before = await width();
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'More detail' }).click();
    expect(await width()).toBeGreaterThan(4 * before);
    expect(await page.locator('.axis .level1').first().isVisible()).toBe(true);
    expect((await page.locator('#chart').boundingBox())?.width).toBeLessThanOrEqual(1400);
    await page.getByRole('button', { name: 'Whole run' }).click();
    expect(await width()).toBeCloseTo(before, 0);
    await page.context().close();
  });

  test('hides what needs a script where there is none', async () => {
    const { page } = await openFile(browser, fileOf('failed'), { javaScriptEnabled: false });
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('#zoom').isVisible()).toBe(false);
    expect(await page.locator('#logs tbody tr').count()).toBe(122);
    await page.locator('#peers summary').click();
    expect(await page.locator('#peers table').isVisible()).toBe(false);
    await page.context().close();
  });

  test('is light or dark as its reader is', async () => {
    const colours = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openFile(browser, fileOf('failed'), { colorScheme });
      colours.add(await page.evaluate<string>(GROUND));
      expect((await page.screenshot()).length).toBeGreaterThan(10_000);
      await page.context().close();
    }
    expect([...colours]).toEqual(['rgb(255, 255, 255)', 'rgb(20, 23, 27)']);
  });

  test('is printed in light colours, lanes and all', async () => {
    const { page } = await openFile(browser, fileOf('failed'), { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4', landscape: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate<string>(GROUND)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('#zoom').isVisible()).toBe(false);
    expect(await page.evaluate('chart.scrollHeight - chart.clientHeight')).toBe(0);
    await page.context().close();
  });

  test('has its parts named for those who cannot see them', async () => {
    const { page } = await openFile(browser, fileOf('expectations'));
    const roles = page.getByRole('main');
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((one) => Number(one.tagName.slice(1)))",
      ),
    ).toEqual([1, 2, 2, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2]);
    for (const name of ['Swim-lanes', 'Expectations', 'Commands', 'Peers', 'Log'])
      expect(await roles.getByRole('region', { name, exact: true }).count(), name).toBe(1);
    expect(await roles.getByRole('img', { name: /^bob: started at −0.434 s, connected at 0.041 s/ }).count()).toBe(1);
    expect(await roles.getByRole('img', { name: /^eve: log "pulled" by 34 s: unmet/ }).count()).toBe(1);
    expect(await page.locator('th:not([scope])').count()).toBe(0);
    expect(await page.locator('svg:not([aria-hidden], [aria-label], svg svg)').count()).toBe(0);
    expect(await roles.getByRole('table', { name: 'Commands of the timeline' }).ariaSnapshot()).toContain(
      'columnheader "taken after"',
    );
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the swim-lanes');
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds in the way of anybody, %s', async (colorScheme) => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    for (const run of ['failed', 'passed', 'errored', 'hostile'] as const) {
      const { page } = await openFile(browser, fileOf(run), { colorScheme, bypassCSP: true });
      await page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true");
      await page.evaluate(axe);
      const found = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, help }) => id + ": " + help))',
      );
      expect(found, run).toEqual([]);
      await page.context().close();
    }
  });

  test('has five hundred lanes that are thin, each with its name, and those in question first', async () => {
    const { page } = await openFile(browser, fileOf('large'));
    const peers = page.locator('.row:not(.expectation, .axis)');
    expect(await peers.count()).toBe(500);
    expect(await peers.locator('.name').first().textContent()).toBe('worker-002');
    expect((await page.locator('.thin').first().boundingBox())?.height).toBe(22);
    await page.evaluate('chart.scrollTo(0, 4000)');
    const axis = await page.locator('.axis').boundingBox();
    const chart = await page.locator('#chart').boundingBox();
    expect(Math.abs((axis?.y ?? 0) - (chart?.y ?? 99))).toBeLessThan(2);
    await page.context().close();
  });

  test('runs no script but its own', async () => {
    const { page } = await openFile(browser, fileOf('hostile'));
    const ran = await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'globalThis.intruder = true';
      document.body.append(script);
      'intruder' in globalThis`);
    expect(ran).toBe(false);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('iframe, img, b').count()).toBe(0);
    const texts = await page.locator('#logs .text').allTextContents();
    expect(texts.map((text) => text.trimEnd())).toEqual([
      ...HOSTILE.slice(0, 5),
      'red \\u202edesrever\\u202c \\x00nul',
      HOSTILE[6],
    ]);
    await page.context().close();
  });
});
