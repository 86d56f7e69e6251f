import { describe, expect, test } from 'vitest';
import { choosePeers } from '../../../src/cli/input/choose-peers.ts';
import { peerName } from '../../../src/model/names.ts';

const PEERS = ['alice', 'bob', 'worker-1', 'worker-2', 'worker.x'].map(peerName);
const chosen = (...words: readonly string[]) => [...choosePeers(words, PEERS)];

describe('choosePeers', () => {
  test('no word means all', () => {
    expect(chosen()).toEqual(PEERS);
  });

  test('names and patterns, each peer once', () => {
    expect(chosen('bob', 'worker-*', 'bob', 'worker-1')).toEqual(['bob', 'worker-1', 'worker-2']);
    expect(chosen('*')).toEqual(PEERS);
    expect(chosen('worker-?')).toEqual(['worker-1', 'worker-2']);
    expect(chosen('worker.*'), 'a dot is a dot').toEqual(['worker.x']);
  });

  test('a word that means nobody is a fault with what was probably meant', () => {
    expect(() => chosen('bbo')).toThrow(/no peer of this run is called "bbo"/);
    expect(() => chosen('bob', 'x*')).toThrow(/"x\*"/);
    try {
      chosen('alcie');
    } catch (error) {
      expect(error).toMatchObject({ fault: { kind: 'usage', hint: 'did you mean alice?' } });
    }
    expect.assertions(3);
  });
});
