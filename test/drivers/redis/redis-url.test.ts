import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { redisUnreachable } from '../../../src/drivers/redis/redis-fault.ts';
import { parseRedisUrl } from '../../../src/drivers/redis/redis-url.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { toFault } from '../../../src/model/fault.ts';

const parse = (url: string) => parseRedisUrl(new Secret(url));

describe('parseRedisUrl', () => {
  test('reads host, port, database and TLS, with their defaults', () => {
    expect(parse('redis://h')).toEqual({ host: 'h', port: 6379, database: 0, tls: false, display: 'redis://h:6379/0' });
    expect(parse('rediss://h:7/3')).toMatchObject({ port: 7, database: 3, tls: true, display: 'rediss://h:7/3' });
    expect(parse('redis://[::1]:7/')).toMatchObject({ host: '::1', port: 7, display: 'redis://[::1]:7/0' });
  });

  test('decodes user and password, and shows neither', () => {
    const endpoint = parse('redis://us%40er:p%3Aa%2Fs%20s@h:1/2');
    expect([endpoint.username, endpoint.password?.reveal()]).toEqual(['us@er', 'p:a/s s']);
    expect(parse('redis://:pw@h')).not.toHaveProperty('username');
    expect(inspect(endpoint) + JSON.stringify(endpoint)).not.toMatch(/p:a|p%3A/);
  });

  test.each([
    '',
    'h:6379',
    'http://h',
    'redis://',
    'redis://:hunter2@',
    'redis://:hunter2@h/x',
    'redis://:hunter2%@h',
    'redis://h/-1',
  ])('refuses %j without repeating it', (url) => {
    try {
      parse(url);
      throw new Error('accepted');
    } catch (error) {
      const fault = toFault(error);
      expect(fault.kind).toBe('usage');
      expect(inspect(error)).not.toContain('hunter2');
      expect(fault.hint).toContain('redis://');
    }
  });
});

test('an error of the client library never takes the password along', () => {
  const error = Object.assign(new Error('WRONGPASS invalid'), { command: { name: 'auth', args: ['hunter2'] } });
  const fault = redisUnreachable(new Error(error.message), parse('redis://:hunter2@h'));
  expect(fault.fault).toMatchObject({ kind: 'unreachable', what: 'redis' });
  expect(inspect(fault, { depth: 10 })).not.toContain('hunter2');
});
