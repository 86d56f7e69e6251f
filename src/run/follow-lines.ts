import { TmError } from '../model/fault.ts';
import type { Clock } from '../ports/clock.ts';

/** How a run is followed to its end. */
export interface FollowOptions {
  readonly clock: Clock;
  /** Whether the tm that runs it is still there; a throw is no answer. */
  readonly isThere: () => Promise<boolean>;
  /** Times in a row that it must not be there, a few seconds apart, before it counts as gone. */
  readonly patience: number;
  /** Ends `lines`. */
  readonly leave: AbortController;
}

/** Milliseconds of silence after which it is asked whether anybody is still there. */
const LOOK_MS = 3000;
/** Milliseconds in which the next attempt's first line, where there is one, follows the last line of an attempt that has ended. */
const NEXT_ATTEMPT_MS = 500;

/**
 * The journal lines of a run, live: to the line that ends it (unless a later attempt at the same run follows), or to their own end. Throws
 * `failed` when the tm that writes them is gone: it would be waited for forever.
 */
export async function* followLines(lines: AsyncIterable<string>, options: FollowOptions): AsyncGenerator<string> {
  const { leave } = options;
  const iterator = lines[Symbol.asyncIterator]();
  /** The run under way, as its first line names it. */
  let run: string | undefined;
  try {
    for (let ended = false; ; ) {
      const coming = iterator.next();
      const next = await (ended ? soon(options, coming) : run === undefined ? coming : waitFor(coming, run, options));
      if (next.done === true) return;
      yield next.value;
      run = startedRun(next.value) ?? run;
      ended = isOfType(next.value, 'run-ended');
    }
  } finally {
    leave.abort();
    await iterator.return?.();
  }
}

/** Journal lines are written by tm itself, so the type stands in them as JSON writes it. */
export function isOfType(line: string, type: string): boolean {
  return line.includes(`"type":"${type}"`) && (JSON.parse(line) as { type?: unknown }).type === type;
}

/** The run that a line begins, if it begins one. */
function startedRun(line: string): string | undefined {
  return isOfType(line, 'run-started') ? (JSON.parse(line) as { readonly run: string }).run : undefined;
}

/** The next line, however long it takes, as long as there is somebody who may write it. */
async function waitFor<T>(coming: Promise<T>, run: string, options: FollowOptions): Promise<T> {
  for (let absent = 0; absent < options.patience; ) {
    const next = await within(coming, LOOK_MS, options.clock);
    if (next !== undefined) return next.value;
    absent = (await options.isThere().catch(() => true)) ? 0 : absent + 1;
  }
  // Its rejection, when the lines are left, is nobody's news.
  coming.catch(() => undefined);
  throw new TmError({
    kind: 'failed',
    message: `the tm that ran ${run} is gone, without having ended it`,
    hint: 'tm apply with its config begins anew from what is there, tm destroy removes it',
  });
}

/** The next line if it comes soon; else the lines are left, and end. */
async function soon<T>({ clock, leave }: FollowOptions, coming: Promise<T>): Promise<T> {
  const next = await within(coming, NEXT_ATTEMPT_MS, clock);
  if (next !== undefined) return next.value;
  leave.abort();
  return coming;
}

/** What comes within so many milliseconds; undefined where nothing does, and it may be waited for again. */
async function within<T>(coming: Promise<T>, ms: number, clock: Clock): Promise<{ readonly value: T } | undefined> {
  const patience = new AbortController();
  const late = clock.sleepUntil(clock.now() + ms, patience.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([coming.then((value) => ({ value })), late]);
  } finally {
    patience.abort();
  }
}
