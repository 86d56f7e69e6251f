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
  for (const name of ['REDIS_URL', 'PEER_NAME']) expect(error.message).toContain(`${name} is not set`);
  expect(error.message).not.toContain('LISTEN_ADDR');
});

it('lists everything that is unusable at once', () => {
  const { message } = fault({ REDIS_URL: 'nonsense', PEER_NAME: '', LISTEN_ADDR: 'here', LOG_LEVEL: 'loud' });
  for (const name of ['REDIS_URL', 'PEER_NAME', 'LISTEN_ADDR', 'LOG_LEVEL']) expect(message).toContain(`\n  ${name} `);
});

it('needs no LISTEN_ADDR, and takes an empty one for none', () => {
  const { REDIS_URL, PEER_NAME } = GOOD;
  expect(readConfiguration({}, { REDIS_URL, PEER_NAME }).listenAddr).toBeUndefined();
  expect(readConfiguration({}, { REDIS_URL, PEER_NAME, LISTEN_ADDR: '' }).listenAddr).toBeUndefined();
});

it('sends heartbeats, and statuses without a gap, only under a tm', () => {
  expect(readConfiguration({}, GOOD)).toMatchObject({ heartbeatMs: 0, statusGapMs: { streamed: 20, setOnly: 20 } });
  const underTm = { ...GOOD, TM_RUN_ID: 'smoke-1' };
  expect(readConfiguration({}, underTm)).toMatchObject({
    heartbeatMs: 2_000,
    statusGapMs: { streamed: 0, setOnly: 20 },
  });
  expect(readConfiguration({ heartbeatMs: 0, statusGapMs: 5 }, underTm)).toMatchObject({
    heartbeatMs: 0,
    statusGapMs: { streamed: 5, setOnly: 5 },
  });
  expect(readConfiguration({ heartbeatMs: 500 }, GOOD).heartbeatMs).toBe(0);
});

it.each([
  [{ closeTimeoutMs: -1 }, 'the option closeTimeoutMs is -1; expected 0 or more'],
  [{ heartbeatMs: Number.NaN }, 'the option heartbeatMs is NaN; expected 0 or more'],
  [{ statusGapMs: Number.POSITIVE_INFINITY }, 'the option statusGapMs is Infinity; expected 0 or more'],
])('refuses the option %o', (options, message) => {
  expect(() => readConfiguration(options, GOOD)).toThrow(message);
});

it.each([
  [{ REDIS_URL: 'nonsense' }, /REDIS_URL is not a URL/],
  [{ REDIS_URL: 'http://h:1' }, /REDIS_URL has the scheme "http"; expected redis or rediss/],
  [{ REDIS_URL: 'redis:///0' }, /REDIS_URL names no host/],
  [{ REDIS_URL: 'redis://h/first' }, /REDIS_URL names a database that is no number/],
  [{ REDIS_URL: 'redis://u:12/secret@h' }, /REDIS_URL names a database that is no number.*%2F/],
  [{ REDIS_URL: 'redis://:secret%ZZ@h' }, /REDIS_URL has a user or password that is not percent-encoded/],
  [{ LISTEN_ADDR: '0.0.0.0:11984' }, /LISTEN_ADDR is "0\.0\.0\.0:11984"; expected a multiaddr/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud"; expected one of error, warn, info, debug, trace/],
])('refuses %o', (wrong, message) => {
  const error = fault({ ...GOOD, ...wrong });
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain('secret');
});
