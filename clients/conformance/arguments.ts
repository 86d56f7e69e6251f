import { parseArgs } from 'node:util';
import { REQUIREMENTS, type Requirement } from './requirement.ts';

/** What the suite was asked to do. */
export type Request =
  | { readonly kind: 'help' }
  | ({
      readonly kind: 'check';
      readonly command: readonly string[];
      readonly json: boolean;
      readonly verbose: boolean;
    } & Choice)
  | ({ readonly kind: 'table'; readonly write: boolean } & Choice)
  | { readonly kind: 'fault'; readonly text: string };

interface Choice {
  readonly requirements: readonly Requirement[];
  readonly patienceMs: number;
  readonly jobs: number;
}

export const USAGE = `Checks a peer against the protocol (docs/protocol.md), through a Redis of the suite's own.

  npm run conformance -- [options] <command> [arguments…]
  npm run conformance -- --table [--write]

  --only ID,…     these requirements alone
  --must          without the SHOULDs
  --verbose       with what the peer wrote and sent where something does not hold
  --json          the results as JSON
  --timeout S     how long to wait for anything that should happen, in seconds (15)
  --jobs N        checks at a time (6)
  --table         checks the reference peers of this repository; --write puts the table into docs/conformance.md

Ends with 0 when every MUST that applies holds, with 1 when one does not or nothing could be shown, with 3 when it was called wrongly.
`;

const OPTIONS = {
  only: { type: 'string', multiple: true },
  must: { type: 'boolean' },
  verbose: { type: 'boolean' },
  json: { type: 'boolean' },
  timeout: { type: 'string', default: '15' },
  jobs: { type: 'string', default: '6' },
  table: { type: 'boolean' },
  write: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const TAKES_VALUE = new Set(['--only', '--timeout', '--jobs']);

/** Reads what follows `npm run conformance --`: options first, then the command, whose own options are left alone. */
export function readArguments(argv: readonly string[]): Request {
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith('-') && argv[at] !== '--')
    at += TAKES_VALUE.has(argv[at] ?? '') ? 2 : 1;
  const command = argv.slice(argv[at] === '--' ? at + 1 : at);
  const options = parsed(argv.slice(0, at));
  if (typeof options === 'string') return { kind: 'fault', text: options };
  if (options.help) return { kind: 'help' };

  const ids = (options.only ?? []).flatMap((list) => list.split(',')).filter(Boolean);
  const unknown = ids.find((id) => !REQUIREMENTS.some((requirement) => requirement.id === id));
  if (unknown !== undefined)
    return { kind: 'fault', text: `--only ${unknown}: no such requirement; they stand in schemas/protocol.json` };
  const patienceMs = Number(options.timeout) * 1000;
  const jobs = Number(options.jobs);
  if (!(patienceMs > 0 && patienceMs <= 600_000))
    return { kind: 'fault', text: `--timeout ${options.timeout}: expected seconds, at most 600` };
  if (!(Number.isInteger(jobs) && jobs > 0 && jobs <= 64))
    return { kind: 'fault', text: `--jobs ${options.jobs}: expected a number from 1 to 64` };
  const requirements = REQUIREMENTS.filter(
    ({ id, level }) => (ids.length === 0 || ids.includes(id)) && (!options.must || level === 'must'),
  );
  if (requirements.length === 0)
    return { kind: 'fault', text: `--only ${ids.join(',')} --must: none of these is a MUST` };
  const choice = { requirements, patienceMs, jobs };

  if (options.table) {
    const ofOne = options.json ? '--json' : '--verbose';
    if (options.json || options.verbose) return { kind: 'fault', text: `${ofOne} is for one peer, not for --table` };
    if (command.length > 0) return { kind: 'fault', text: `--table takes no command: ${command.join(' ')}` };
    if (options.write && requirements.length < REQUIREMENTS.length)
      return { kind: 'fault', text: '--write is for the whole table, without --only and --must' };
    return { kind: 'table', write: options.write ?? false, ...choice };
  }
  if (options.write) return { kind: 'fault', text: '--write goes with --table' };
  if (command.length === 0)
    return { kind: 'fault', text: 'no command: say how your peer is run, for instance node my-peer.js' };
  return { kind: 'check', command, json: options.json ?? false, verbose: options.verbose ?? false, ...choice };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
