import { describe, expect, it } from 'vitest';
import type { Request } from '../../clients/conformance/rig/link.ts';
import type { Resp } from '../../clients/conformance/rig/resp.ts';
import { statusWrites, streamWrites, transactions } from '../../clients/conformance/rig/traffic.ts';

const sent = (text: string, reply?: Resp, link = 0): Request => {
  const request: Request = { link, sentMs: 0, words: text.split(' ') };
  return reply === undefined ? request : { ...request, reply };
};

describe('statuses', () => {
  const texts = (...requests: readonly Request[]) =>
    statusWrites(requests, 'alice').map(({ text, onlyIfNone }) => [text, onlyIfNone]);

  it('are what Redis was told to hold, by whatever command', () => {
    const requests = [
      sent('SET alice_status a', 'OK'),
      sent('set alice_status b NX', null),
      sent('SETEX alice_status 9 c', 'OK'),
    ];
    expect(texts(...requests, sent('SET bob_status d', 'OK'))).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ]);
  });

  it('are not what was refused, got no answer, or stood in a transaction that did not come about', () => {
    const refused = new Error('NOPERM');
    expect(texts(sent('SET alice_status a', refused), sent('SET alice_status b'))).toEqual([]);
    expect(
      texts(sent('MULTI', 'OK'), sent('SET alice_status c', 'QUEUED'), sent('EXEC', new Error('EXECABORT'))),
    ).toEqual([]);
    expect(texts(sent('MULTI', 'OK'), sent('SET alice_status d', 'QUEUED'), sent('EXEC'))).toEqual([]);
    expect(texts(sent('MULTI', 'OK'), sent('SET alice_status e', 'QUEUED'), sent('EXEC', ['OK']))).toEqual([
      ['e', false],
    ]);
  });
});

it('entries of the stream are read with their options', () => {
  const entry = 'XADD alice_statuses MAXLEN ~ 1000 * status up at 12 report x:1';
  const plain = 'XADD alice_statuses NOMKSTREAM 5-1 status up';
  const [first, second] = streamWrites([sent(entry, '1-0'), sent(plain, '5-1')], 'alice');
  expect(first).toMatchObject({ id: '*', maxLength: 1000 });
  expect(Object.fromEntries(first?.fields ?? [])).toEqual({ status: 'up', at: '12', report: 'x:1' });
  expect(second).toMatchObject({ id: '5-1', maxLength: undefined });
});

it('transactions are told apart by their connection', () => {
  const requests = [sent('MULTI', 'OK', 1), sent('GET a', 'x', 2), sent('GET b', 'QUEUED', 1), sent('EXEC', ['y'], 1)];
  expect(transactions(requests).map((inside) => inside.map(({ words }) => words.join(' ')))).toEqual([['GET b']]);
});
