import { expect, it } from 'vitest';
import { imageRef } from '../../src/model/names.ts';
import type { Change } from '../../src/model/plan.ts';
import { hasChanges, summarize } from '../../src/plan/summary.ts';
import { anImage, aPeer, aSpec, desiredOf, emptyWorld, IMAGES, planOf } from './fixtures.ts';

const change = (kind: Change['kind'], bytes?: number): Change => ({
  kind,
  on: 'control',
  resource: { kind: 'image', ref: imageRef('a') },
  because: '',
  forcedBy: [],
  ...(bytes === undefined ? {} : { transfer: { bytes, totalBytes: bytes, missingLayers: 1, totalLayers: 1 } }),
});

it('counts the changes and the bytes to send', () => {
  const changes = [
    change('add', 5),
    change('add'),
    change('update', 7),
    change('replace'),
    change('remove'),
    change('conflict'),
    change('keep'),
  ];
  expect(summarize({ changes })).toEqual({ add: 2, update: 1, replace: 1, remove: 1, conflicts: 1, bytesToSend: 12 });
});

it('sees a change in everything but what stays', () => {
  expect(hasChanges({ changes: [change('keep')] })).toBe(false);
  expect(hasChanges({ changes: [change('keep'), change('conflict')] })).toBe(true);
});

it('does not take asking again for a moving tag for a change', () => {
  const spec = aSpec({ peers: [], images: [imageRef('extra')] });
  const world = {
    ...emptyWorld(spec, [...IMAGES, anImage('extra', ['e'])]),
    redis: { kind: 'ready', instance: 'i', version: '7.0.15' },
  } as const;
  const plan = planOf(desiredOf(spec), world);
  expect(plan.steps.map(({ id }) => id)).toEqual(['pull:control:extra']);
  expect(hasChanges(plan)).toBe(false);
  expect(hasChanges(planOf(desiredOf({ ...spec, peers: [aPeer('alice')] }), world))).toBe(true);
});
