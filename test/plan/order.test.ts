import { expect, it } from 'vitest';
import { hostName, imageRef } from '../../src/model/names.ts';
import { order, stepId } from '../../src/plan/order.ts';

it('names no two actions alike, even where a host has a colon in its name', () => {
  const remove = (on: string, ref: string) => stepId({ kind: 'image.remove', on: hostName(on), ref: imageRef(ref) });
  expect(remove('fe80::1', 'a:1')).not.toBe(remove('fe80:', ':1:a:1'));
  expect(remove('a', 'b:c')).not.toBe(remove('a:b', 'c'));
  expect(remove('a%3Ab', 'c')).not.toBe(remove('a:b', 'c'));
});

it('keeps the given order inside a kind, and puts kinds in the order in which they can be done', () => {
  const peer = { kind: 'peer.remove', name: 'tm-a' } as const;
  const steps = order([
    { action: { kind: 'redis.prepare', peers: [] }, because: 'x' },
    { action: { ...peer, on: hostName('b'), id: '1' }, because: 'x' },
    { action: { ...peer, on: hostName('a'), id: '2' }, because: 'x' },
    { action: { kind: 'redis.start' }, because: 'x' },
  ]);
  expect(steps.map(({ id, after }) => [id, ...after])).toEqual([
    ['remove:b:tm-a'],
    ['remove:a:tm-a'],
    ['redis:start'],
    ['redis:prepare', 'remove:b:tm-a', 'remove:a:tm-a', 'redis:start'],
  ]);
});
