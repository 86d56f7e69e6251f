import { expect, test } from 'vitest';
import type { TmEvent } from '../../../src/model/event.ts';
import { createJsonView } from '../../../src/views/json/json-view.ts';
import { passes, rudeLogs } from '../scenarios.ts';

async function written(events: readonly TmEvent[], tells?: (event: TmEvent) => boolean): Promise<string> {
  const texts: string[] = [];
  const view = createJsonView({ write: (text) => void texts.push(text), ...(tells === undefined ? {} : { tells }) });
  for (const event of events) view.event(event);
  await view.close();
  return texts.join('');
}

test('each event is one line, and nothing else is written', async () => {
  const events = [...passes(), ...rudeLogs()];
  const text = await written(events);
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes all of them
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
});

test('only what is to be told', async () => {
  const text = await written(passes(), (event) => event.type === 'verdict');
  expect(JSON.parse(text)).toMatchObject({ type: 'verdict', verdict: { kind: 'passed' } });
});
