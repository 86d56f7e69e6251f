import type { ConfigFault } from '../model/fault.ts';
import { checkDemandWindow } from './check-demand-window.ts';
import { checkPattern } from './check-pattern.ts';
import { checkSeconds } from './check-seconds.ts';
import type { Context } from './context.ts';
import { error } from './faults.ts';
import type { PeerIndex } from './peer-index.ts';
import { subjectOf } from './selectors.ts';
import { isSpoilt } from './spoilt.ts';
import type { Expect } from './test-config.generated.ts';
import type { WrittenDemand } from './written-demands.ts';

/** What can be true of a peer; an expectation is about one of them. */
const CONDITIONS = ['status', 'log', 'exit'] as const;

/** What a schema cannot say of one expectation: which of its keys go together, where they belong, and whether they can be met. */
export function* checkDemand(written: WrittenDemand, peers: PeerIndex, context: Context): Generator<ConfigFault> {
  const { expect, path } = written;
  yield* checkCondition(written, context);
  yield* checkPeers(written, context);
  yield* misplaced(written, context);
  yield* checkCompany(written, context);
  yield* checkCount(written, peers, context);
  yield* checkPattern(expect.status, [...path, 'status'], context);
  yield* checkPattern(expect.log, [...path, 'log'], context);
  for (const key of ['from', 'by', 'within', 'for'] as const) yield* checkSeconds(expect[key], [...path, key], context);
  yield* checkDemandWindow(written, context);
}

function* checkCondition({ expect, path }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  const [first, ...more] = CONDITIONS.filter((key) => expect[key] !== undefined);
  if (first === undefined && !isSpoilt(expect)) {
    const message = 'an expectation says what it expects: a `status`, a `log` line or an `exit` code';
    yield error(locate(path), 'missing-key', message, 'add `status: connected`, say');
  }
  for (const key of more) {
    const message = `\`${key}\` stands beside \`${first}\`, and an expectation is about one of them`;
    yield error(locate([...path, key], 'key'), 'conflicting-keys', message, 'make two expectations of it');
  }
}

function* checkPeers({ expect, path, place }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  if (expect.peer !== undefined && expect.peers !== undefined) {
    const at = locate([...path, 'peers'], 'key');
    yield error(at, 'conflicting-keys', '`peers` stands beside `peer`', 'name them all in `peers`');
  }
  const none = expect.peer === undefined && expect.peers === undefined;
  if (none && place !== 'command' && !isSpoilt(expect)) {
    const message = place === 'when' ? 'missing key "peer" in `when`' : 'missing key "peer" in an expectation';
    yield error(locate(path), 'missing-key', message, 'add `peer: bob`, say, or `peer: "*"` for all of them');
  }
}

type Misplaced = { readonly [Key in keyof Expect]?: readonly [message: string, suggestion: string] };

const FROM_START = 'counts from the start of the timeline, and this expectation from its command';

/** Keys that belong somewhere else. */
const MISPLACED: Record<WrittenDemand['place'], Misplaced> = {
  file: {
    within: [
      '`within` counts from a command, and this expectation stands at none',
      'write `by`, in seconds from the start of the timeline',
    ],
  },
  command: {
    from: [`\`from\` ${FROM_START}`, 'remove it, or move the expectation to the `expect` of the file'],
    by: [`\`by\` ${FROM_START}`, 'write `within`, in seconds after the command'],
  },
  when: {
    by: ['`by` bounds no wait', 'write `within` beside `when`'],
    within: ['`within` stands beside `when`, not in it', 'move it there'],
    never: ['what never happens cannot be waited for', 'remove it, or move the expectation to `expect`'],
  },
};

function* misplaced({ expect, path, place }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  for (const [key, [message, suggestion]] of Object.entries(MISPLACED[place])) {
    if (expect[key as keyof Expect] === undefined) continue;
    yield error(locate([...path, key], 'key'), 'misplaced-key', message, suggestion);
  }
}

/** `for` needs a status, and `never` takes neither `for` nor `count`. */
function* checkCompany({ expect, path }: WrittenDemand, { locate }: Context): Generator<ConfigFault> {
  const { status, never } = expect;
  const other = CONDITIONS.find((key) => key !== 'status' && expect[key] !== undefined);
  for (const key of ['for', 'count'] as const) {
    if (expect[key] === undefined) continue;
    const at = locate([...path, key], 'key');
    if (never === true) {
      const what = key === 'for' ? 'every moment' : 'every one of the peers';
      const message = `\`${key}\` does not go with \`never\`, which is about ${what}`;
      yield error(at, 'conflicting-keys', message, 'remove it');
    } else if (key === 'for' && status === undefined && other !== undefined) {
      yield error(at, 'conflicting-keys', `only a status can hold, and ${nounOf(other)} is a moment`, 'remove it');
    }
  }
  if (expect.for === 0) {
    yield error(locate([...path, 'for']), 'out-of-range', 'a status cannot hold for no time', 'remove it');
  }
}

const nounOf = (key: 'log' | 'exit' | 'status'): string => (key === 'log' ? 'a log line' : 'an exit');

function* checkCount(written: WrittenDemand, peers: PeerIndex, { locate }: Context): Generator<ConfigFault> {
  const { count, never } = written.expect;
  if (count === undefined || never === true || !peers.complete) return;
  const meant = subjectOf(written);
  const most = peers.selectAll(meant).length;
  if (most === 0 || count <= most) return;
  const who = `${most === 1 ? 'one peer is' : `${most} peers are`} meant by ${meant.slice(0, 5).join(', ')}`;
  yield error(
    locate([...written.path, 'count']),
    'out-of-range',
    `${count} are to meet it, and ${who}`,
    `the most is ${most}`,
  );
}
