import { expect, test } from 'vitest';
import { redactEnvironment } from '../../src/lib/redact.ts';

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
