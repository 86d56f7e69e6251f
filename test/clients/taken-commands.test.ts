import { describe, expect, it } from 'vitest';
import type { Request } from '../../clients/conformance/rig/link.ts';
import type { Resp } from '../../clients/conformance/rig/resp.ts';
import { takenCommands } from '../../clients/conformance/rig/taken-commands.ts';

const sent = (text: string, reply?: Resp, { link = 0, at = 0 } = {}): Request => {
  const request: Request = { link, sentMs: 0, words: text.split(' ') };
  return reply === undefined ? request : { ...request, reply, answeredMs: at };
};
const texts = (...requests: readonly Request[]) => takenCommands(requests, 'alice').map(({ text }) => text);

describe('commands taken', () => {
  it.each<readonly [string, Resp, readonly string[]]>([
    ['BLPOP alice_command 0', ['alice_command', 'connect'], ['connect']],
    ['BLPOP other alice_command 0', ['alice_command', 'connect'], ['connect']],
    ['BLPOP alice_command other 0', ['other', 'connect'], []],
    ['BRPOP alice_command 0', ['alice_command', 'connect'], ['connect']],
    ['lpop alice_command', 'connect', ['connect']],
    ['LPOP alice_command 3', ['a', 'b'], ['a', 'b']],
    ['LPOP alice_command', null, []],
    ['RPOP alice_command 2', ['b', 'a'], ['b', 'a']],
    ['LMPOP 1 alice_command LEFT COUNT 5', ['alice_command', ['a', 'b']], ['a', 'b']],
    ['BLMPOP 0 2 other alice_command LEFT', ['alice_command', ['a']], ['a']],
    ['BLMPOP 0 2 other alice_command LEFT', ['other', ['a']], []],
    ['BLMPOP 1 1 alice_command LEFT', null, []],
    ['LMOVE alice_command working LEFT RIGHT', 'a', ['a']],
    ['BLMOVE alice_command working LEFT RIGHT 0', 'a', ['a']],
    ['RPOPLPUSH alice_command working', 'a', ['a']],
    ['LMOVE working alice_command LEFT LEFT', 'a', []],
    ['BLMOVE alice_command alice_command LEFT LEFT 0', 'a', []],
    ['LREM alice_command 1 a', 1, ['a']],
    ['LREM alice_command 0 a', 2, ['a', 'a']],
    ['LREM alice_command 1 a', 0, []],
    ['LRANGE alice_command 0 0', ['a'], []],
    ['LPOP bob_command', 'a', []],
    ['LPOP alice_command', new Error('NOPERM'), []],
  ])('%s → %j', (request, reply, expected) => {
    expect(texts(sent(request, reply))).toEqual(expected);
  });

  it('are none without an answer', () => {
    expect(texts(sent('BLPOP alice_command 0'))).toEqual([]);
  });

  it('stand in the order in which Redis gave them away', () => {
    const late = sent('BLPOP alice_command 0', ['alice_command', 'second'], { at: 20 });
    const early = sent('LPOP alice_command', 'first', { link: 1, at: 10 });
    expect(texts(late, early)).toEqual(['first', 'second']);
    expect(takenCommands([late, early], 'alice')[0]?.request).toBe(early);
  });

  it('a look at the head, and then its removal, is one', () => {
    const look = sent('BLMOVE alice_command alice_command LEFT LEFT 0', 'a');
    expect(texts(look, sent('LREM alice_command 1 a', 1))).toEqual(['a']);
    expect(texts(look, sent('LTRIM alice_command 1 -1', 'OK'))).toEqual(['a']);
  });

  it('what LTRIM removes is what was read before', () => {
    const read = sent('LRANGE alice_command 0 2', ['a', 'b', 'c']);
    const trim = sent('LTRIM alice_command 1 -1', 'OK');
    expect(texts(read, trim, trim)).toEqual(['a', 'b']);
    expect(texts(sent('LINDEX alice_command 0', 'a'), sent('LTRIM alice_command 0 -1', 'OK'))).toEqual([]);
  });

  it('in a transaction are what its EXEC says', () => {
    const [multi, pop] = [sent('MULTI', 'OK'), sent('LPOP alice_command', 'QUEUED')];
    expect(texts(multi, pop, sent('EXEC', ['a']))).toEqual(['a']);
    expect(texts(multi, pop, sent('EXEC', [null]))).toEqual([]);
    expect(texts(multi, pop, sent('EXEC', null))).toEqual([]);
    expect(texts(multi, pop, sent('DISCARD', 'OK'))).toEqual([]);
    const refused = sent('LPOP alice_command', new Error('NOPERM'));
    expect(texts(multi, refused, pop, sent('EXEC', ['a']))).toEqual(['a']);
  });
});
