import { expect, test } from 'vitest';
import { bindAddresses, redisConfig } from '../../../src/drivers/redis/redis-config.ts';
import { Secret } from '../../../src/lib/secret.ts';

test('the configuration of a managed Redis', () => {
  const text = redisConfig({
    port: 7,
    bind: ['127.0.0.1', '10.0.0.1'],
    password: new Secret('a'),
    directory: '/tmp/x y',
    modern: true,
  });
  expect(text).toMatchInlineSnapshot(`
    "port 7
    bind 127.0.0.1 10.0.0.1
    protected-mode yes
    requirepass "a"
    dir "/tmp/x y"
    daemonize no
    save ""
    appendonly no
    notify-keyspace-events K$lg
    repl-diskless-sync yes
    repl-diskless-sync-delay 0
    set-proc-title no
    "
  `);
});

test('a password cannot end its quotes or its line', () => {
  const password = 'a"\\\n\r\t#\' é';
  const text = redisConfig({
    port: 7,
    bind: ['127.0.0.1'],
    password: new Secret(password),
    directory: '/',
    modern: false,
  });
  expect(text.split('\n').filter((line) => line.startsWith('requirepass'))).toEqual([
    'requirepass "a\\x22\\x5c\\x0a\\x0d\\x09\\x23\\x27 \\xc3\\xa9"',
  ]);
  expect(text).not.toContain('set-proc-title');
});

test('without a password peers on other machines are let in', () => {
  const text = redisConfig({ port: 7, bind: ['0.0.0.0'], directory: '/', modern: true });
  expect(text).toContain('protected-mode no');
  expect(text).not.toContain('requirepass');
});

test('the loopback address is always listened on, and each address once', () => {
  expect(bindAddresses([])).toEqual(['127.0.0.1']);
  expect(bindAddresses(['10.0.0.1', '127.0.0.1', '10.0.0.1'])).toEqual(['127.0.0.1', '10.0.0.1']);
  expect(bindAddresses(['10.0.0.1', '0.0.0.0'])).toEqual(['0.0.0.0']);
});
