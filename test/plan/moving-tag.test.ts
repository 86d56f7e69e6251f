import { expect, it } from 'vitest';
import { imageRef } from '../../src/model/names.ts';
import { isMovingTag } from '../../src/plan/moving-tag.ts';

it.each([
  ['node', true],
  ['node:latest', true],
  ['registry:5000/node', true],
  ['registry:5000/node:latest', true],
  ['node:1.4', false],
  ['registry:5000/node:1.4', false],
  ['node:latest-slim', false],
  ['node@sha256:0123', false],
  ['node:latest@sha256:0123', false],
])('%s moves: %s', (ref, moves) => {
  expect(isMovingTag(imageRef(ref))).toBe(moves);
});
