import { afterEach, expect, it, vi } from 'vitest';
import { readConfiguration } from '../../src/peer/configuration.ts';

afterEach(() => vi.restoreAllMocks());

it('a peer that fails at a notice does not fail its client', () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const environment = { REDIS_URL: 'redis://h', PEER_NAME: 'alice' };
  const onNotice = () => {
    throw new Error('its own fault');
  };
  readConfiguration({ onNotice }, environment).onNotice('lost Redis');
  expect(written.join('')).toMatch(/^the-mule: lost Redis\nonNotice failed with that: Error: its own fault/);
});
