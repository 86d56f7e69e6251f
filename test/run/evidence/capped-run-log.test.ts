import { expect, test } from 'vitest';
import type { EventBody, TmEvent } from '../../../src/model/event.ts';
import { peerName } from '../../../src/model/names.ts';
import { cappedRunLog } from '../../../src/run/evidence/capped-run-log.ts';

const event = (body: EventBody): TmEvent => ({ seq: 1, atMs: 0, time: '2026-01-01T00:00:00.000Z', ...body });

test('a readable log that is too large goes on without log lines, and counts them', async () => {
  let text = '';
  const capped = cappedRunLog(
    (append) => ({
      event: ({ type }) => append(`${type}\n`),
      close: async () => append('end\n'),
    }),
    (more) => {
      text += more;
    },
    10,
  );
  for (const message of ['one', 'two', 'drüi', 'four'])
    capped.event(event({ type: 'log', peer: peerName('alice'), level: 'info', message }));
  capped.event(event({ type: 'timeline-ended', ms: 1 }));
  await capped.close();
  expect(text).toBe(
    'log\nlog\nlog\n--- log lines are left out from here on: this file has become too large ---\ntimeline-ended\nend\n',
  );
  expect(capped.kept()).toEqual({ bytes: Buffer.byteLength(text), cut: 4 });
});
