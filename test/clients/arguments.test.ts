import { describe, expect, it } from 'vitest';
import { readArguments } from '../../clients/conformance/arguments.ts';
import { REQUIREMENTS } from '../../clients/conformance/requirement.ts';

describe('the command line of the suite', () => {
  it('ends its options at the command, whose own it leaves alone', () => {
    expect(readArguments(['--verbose', 'node', 'peer.js', '--json'])).toMatchObject({
      kind: 'check',
      command: ['node', 'peer.js', '--json'],
      verbose: true,
      json: false,
    });
    expect(readArguments(['--jobs', '2', '--', '--odd-program'])).toMatchObject({
      command: ['--odd-program'],
      jobs: 2,
    });
  });

  it('checks everything, with patience, unless told otherwise', () => {
    expect(readArguments(['./peer'])).toMatchObject({ requirements: REQUIREMENTS, patienceMs: 15_000, jobs: 6 });
    const chosen = readArguments([
      '--only',
      'P-ENV,C-BACKOFF',
      '--only',
      'P-SIGTERM',
      '--must',
      '--timeout',
      '2.5',
      './peer',
    ]);
    expect(chosen).toMatchObject({ requirements: [{ id: 'P-ENV' }, { id: 'C-BACKOFF' }], patienceMs: 2_500 });
  });

  it.each([
    [[], /no command/],
    [['--only', 'P-NONE', './peer'], /P-NONE: no such requirement/],
    [['--timeout', 'soon', './peer'], /--timeout soon/],
    [['--jobs', '0', './peer'], /--jobs 0/],
    [['--fast', './peer'], /--fast/],
    [['--write', './peer'], /--table/],
    [['--table', './peer'], /takes no command/],
    [['--table', '--write', '--must'], /whole table/],
    [['--table', '--json'], /--json is for one peer/],
    [['--table', '--verbose'], /--verbose is for one peer/],
    [['--only', 'P-SIGTERM', '--must', './peer'], /P-SIGTERM --must: none/],
  ])('refuses %j', (argv, reason) => {
    expect(readArguments(argv)).toEqual({ kind: 'fault', text: expect.stringMatching(reason) });
  });
});
