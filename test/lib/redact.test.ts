import { expect, test } from 'vitest';
import { redactEnvironment, redactUrls, redactVariable } from '../../src/lib/redact.ts';

test('what is named like a secret, and passwords in URLs, are left out; the rest stays', () => {
  expect(
    redactEnvironment({
      DB_PASSWORD: 'hunter2',
      API_TOKEN: 'abc',
      AWS_SECRET_ACCESS_KEY: 'xyz',
      API_KEY: 'k',
      DATABASE_URL: 'postgres://user:hunter2@db/test',
      PLAIN_URL: 'http://example.org:80/',
      TOKENIZER: 'bpe',
      PEER_NAME: 'alice',
    }),
  ).toEqual({
    DB_PASSWORD: '[redacted]',
    API_TOKEN: '[redacted]',
    AWS_SECRET_ACCESS_KEY: '[redacted]',
    API_KEY: '[redacted]',
    DATABASE_URL: 'postgres://user:[redacted]@db/test',
    PLAIN_URL: 'http://example.org:80/',
    TOKENIZER: 'bpe',
    PEER_NAME: 'alice',
  });
});

test('a list of variables is redacted line by line', () => {
  expect(['DB-PASSWORD=a=b', 'URL=http://u:p@h', 'PLAIN=1', '=odd', 'odd'].map(redactVariable)).toEqual([
    'DB-PASSWORD=[redacted]',
    'URL=http://u:[redacted]@h',
    'PLAIN=1',
    '=odd',
    'odd',
  ]);
});

test('a password with an @ in it is left out whole', () => {
  expect(redactUrls('redis://:p@ss@a:1,redis://u:q@b/0 c@d')).toBe(
    'redis://:[redacted]@a:1,redis://u:[redacted]@b/0 c@d',
  );
});
