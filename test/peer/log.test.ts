import { expect, it } from 'vitest';
import { createLog } from '../../src/peer/log.ts';

it('writes the level and the formatted message', () => {
  const lines: string[] = [];
  const log = createLog('trace', (line) => lines.push(line));
  log.error(new Error('broken').message);
  log.warn('%s has %d', 'alice', 2, [1, 2]);
  log.info('100% sure | really');
  log.debug({ a: 1 });
  log.trace('');
  expect(lines).toEqual([
    'error|broken',
    'warn|alice has 2 [ 1, 2 ]',
    'info|100% sure | really',
    'debug|{ a: 1 }',
    'trace|',
  ]);
});

it.each([
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
  ['debug', ['error', 'warn', 'info', 'debug']],
  ['trace', ['error', 'warn', 'info', 'debug', 'trace']],
] as const)('at level %s writes %j', (level, expected) => {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  for (const own of ['error', 'warn', 'info', 'debug', 'trace'] as const) log[own]('x');
  expect(lines).toEqual(expected.map((own) => `${own}|x`));
});

it('never throws, whatever the values do', () => {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const broken = {
    get [Symbol.toStringTag]() {
      throw new Error('no name');
    },
  };
  log.info('look: %o', broken);
  expect(lines).toEqual(['info|a log line whose values cannot be shown: no name']);
});
