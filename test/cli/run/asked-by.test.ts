import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/input/args.ts';
import { askedBy } from '../../../src/cli/run/asked-by.ts';
import { Secret } from '../../../src/lib/secret.ts';

/** How a command line asks, in an environment, for one run of its test. */
function asked(
  words: readonly string[],
  {
    vars = {},
    several = false,
    secrets = [],
    environment = {},
  }: {
    vars?: Readonly<Record<string, string>>;
    several?: boolean;
    secrets?: readonly string[];
    environment?: NodeJS.ProcessEnv;
  } = {},
) {
  const cell = { name: '', vars };
  const meant = { cell, several, secrets: secrets.map((text) => new Secret(text)) };
  return askedBy(parseCommandLine(words, environment), { environment }, meant);
}

describe('how a run was asked for', () => {
  test('plainly', () => {
    const plain = { which: [], how: [], oneOfSeveral: false };
    expect(asked(['apply', 'a.yaml'])).toEqual({ program: 'tm apply', ...plain });
    expect(asked(['a.yaml'])).toEqual({ program: 'tm', ...plain });
  });

  test('with vars, the Redis and options that change the run; not what is done once, or how it is shown', () => {
    const words = ['--var', 'size=9', '--fail-fast', '--keep', '--tui', '--redis-url', 'redis://h:1'];
    const once = ['--reset-hosts', '--yes', '--verbose'];
    expect(asked(['apply', 'a.yaml', ...words, ...once])).toMatchObject({
      which: ['--var', 'size=9', '--redis-url', 'redis://h:1'],
      how: ['--fail-fast', '--keep', '--tui'],
    });
  });

  test('of a matrix that combination, of a repeated test one more run', () => {
    const words = ['a.yaml', '--repeat', '3', '--until-failure', '--var', 'size=9', '--var', 'x=a=b'];
    expect(asked(words, { several: true, vars: { size: '9', transport: 'tcp' } })).toEqual({
      program: 'tm',
      which: ['--var', 'size=9', '--var', 'transport=tcp', '--var', 'x=a=b'],
      how: [],
      oneOfSeveral: true,
    });
    expect(asked(['a.yaml'], { vars: { size: '3' } }).which, 'its only combination').toEqual([]);
  });

  test('without secrets: by name, by value, and in URLs', () => {
    const words = ['--var', 'api_token=abc', '--var', 'x=my hunter2!', '--var', 'url=http://u:pw@h/'];
    expect(asked(['a.yaml', ...words, '--redis-url', 'redis://:pw@h:1'], { secrets: ['hunter2'] }).which).toEqual([
      '--var',
      'api_token=[redacted]',
      '--var',
      'x=my [redacted]!',
      '--var',
      'url=http://u:[redacted]@h/',
      '--redis-url',
      'redis://:[redacted]@h:1',
    ]);
  });

  test('without the URL that the environment still has', () => {
    expect(asked(['a.yaml'], { environment: { TM_REDIS_URL: 'redis://h:1' } }).which).toEqual([]);
  });
});
