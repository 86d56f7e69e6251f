import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/model/fault.ts';
import { hostName } from '../../../src/model/names.ts';
import { renderFault } from '../../../src/views/fault/render-fault.ts';

const plain = { color: new Chalk({ level: 0 }) };
const garage = hostName('garage');

const CASES: readonly (readonly [string, Fault, readonly string[]])[] = [
  [
    'names the host that the message does not name, and says what to try',
    {
      kind: 'unreachable',
      what: 'docker',
      host: garage,
      message: 'Docker does not answer',
      hint: 'ssh garage docker info',
    },
    ['✖ Docker does not answer', '  host   garage', '  try    ssh garage docker info'],
  ],
  [
    'says nothing twice',
    { kind: 'host-key', host: garage, message: 'the key of garage is not known' },
    ['✖ the key of garage is not known'],
  ],
  [
    'tells who holds a lock',
    {
      kind: 'locked',
      message: 'another run has this test',
      hint: 'wait for it, or tm destroy',
      holder: {
        test: 'smoke',
        run: 'smoke-1',
        pid: 42,
        machine: 'build-1',
        user: 'ann',
        since: '2026-01-02T03:04:05Z',
      },
    },
    [
      '✖ another run has this test',
      '  run    smoke-1 of smoke',
      '  by     ann on build-1, process 42',
      '  since  2026-01-02T03:04:05Z',
      '  try    wait for it, or tm destroy',
    ],
  ],
  [
    'keeps several lines together',
    { kind: 'failed', message: 'it failed:\nno space', hint: 'rm -r x\nand again' },
    ['✖ it failed:', '  no space', '  try    rm -r x', '         and again'],
  ],
  ['lets no control character through', { kind: 'conflict', message: 'tm-\u001b[2Ja is there' }, ['✖ tm-a is there']],
  ['is quiet where a person stopped it', { kind: 'aborted', message: 'stopped' }, ['■ stopped']],
  [
    'says a usage fault',
    { kind: 'usage', message: 'no such command', hint: 'tm --help' },
    ['✖ no such command', '  try    tm --help'],
  ],
  [
    'shows a config with its carets',
    {
      kind: 'config',
      message: 'the config cannot be used',
      hint: 'tm validate t.yaml',
      faults: [
        { severity: 'error', code: 'c', message: 'm', file: 't.yaml', line: 1, column: 1, length: 1, source: 'a' },
      ],
    },
    ['t.yaml:1:1 m', '    1 │ a', '      │ ^', '1 fault, nothing was touched', '  try    tm validate t.yaml'],
  ],
  ['says a config fault without a place', { kind: 'config', message: 'no host', faults: [] }, ['✖ no host']],
];

describe('a fault', () => {
  it.each(CASES)('%s', (_, fault, expected) => {
    expect(renderFault(fault, plain).split('\n')).toEqual(expected);
  });
});
