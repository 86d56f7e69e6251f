import { expect, it } from 'vitest';
import { readConfiguration } from '../../src/peer/configuration.ts';
import { PeerError } from '../../src/peer/peer-error.ts';

const GOOD = {
  REDIS_URL: 'redis://10.77.0.1:6399',
  PEER_NAME: 'alice',
  LISTEN_ADDR: '/ip4/0.0.0.0/udp/11984/quic-v1',
};

function fault(environment: Record<string, string>): PeerError {
  try {
    readConfiguration({}, environment);
  } catch (error) {
    if (error instanceof PeerError) return error;
  }
  throw new Error('no PeerError');
}

it('reads the environment that tm gives', () => {
  expect(readConfiguration({}, { ...GOOD, LOG_LEVEL: 'Warn' })).toMatchObject({
    name: 'alice',
    listenAddr: '/ip4/0.0.0.0/udp/11984/quic-v1',
    logLevel: 'warn',
    redis: { host: '10.77.0.1', port: 6399, database: 0, tls: false },
    delayFile: '/tmp/delay',
  });
  expect(readConfiguration({}, { ...GOOD, TM_DELAY_FILE: '/run/delay' }).delayFile).toBe('/run/delay');
});

it('lets options win', () => {
  const configuration = readConfiguration(
    { name: 'bob', redisUrl: 'redis://other', logLevel: 'error' },
    { ...GOOD, LOG_LEVEL: 'x' },
  );
  expect(configuration).toMatchObject({ name: 'bob', logLevel: 'error', redis: { host: 'other', port: 6379 } });
});

it.each([
  ['redis://:p%40ss%3A%2F@h:1/2', { host: 'h', port: 1, database: 2, tls: false, password: 'p@ss:/' }],
  ['redis://me:pw@h', { host: 'h', port: 6379, database: 0, tls: false, username: 'me', password: 'pw' }],
  ['rediss://h/', { host: 'h', port: 6379, database: 0, tls: true }],
  ['redis://[fd00::1]:6399/15', { host: 'fd00::1', port: 6399, database: 15, tls: false }],
])('understands %s', (url, redis) => {
  expect(readConfiguration({}, { ...GOOD, REDIS_URL: url }).redis).toEqual(redis);
});

it('lists everything that is missing at once', () => {
  const error = fault({ PEER_NAME: '' });
  expect(error.code).toBe('configuration');
  for (const name of ['REDIS_URL', 'PEER_NAME', 'LISTEN_ADDR']) expect(error.message).toContain(`${name} is not set`);
});

it.each([
  [{ REDIS_URL: 'nonsense' }, /REDIS_URL is not a URL/],
  [{ REDIS_URL: 'http://h:1' }, /REDIS_URL has the scheme "http"; expected redis or rediss/],
  [{ REDIS_URL: 'redis:///0' }, /REDIS_URL names no host/],
  [{ REDIS_URL: 'redis://h/first' }, /REDIS_URL names the database "first"; expected a number/],
  [{ REDIS_URL: 'redis://:secret%ZZ@h' }, /REDIS_URL has a user or password that is not percent-encoded/],
  [{ LISTEN_ADDR: '0.0.0.0:11984' }, /LISTEN_ADDR is "0\.0\.0\.0:11984"; expected a multiaddr/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud"; expected one of error, warn, info, debug, trace/],
])('refuses %o', (wrong, message) => {
  const error = fault({ ...GOOD, ...wrong });
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('secret');
});
