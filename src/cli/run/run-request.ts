import type { Secret } from '../../lib/secret.ts';
import type { Desired } from '../../model/desired.ts';
import type { RunRequest } from '../../run/request.ts';
import type { AskedBy } from '../../views/console/asked-by.ts';
import { createRunLog } from '../../views/run-log/run-log.ts';
import type { Args } from '../input/args.ts';
import type { LoadedTest } from '../input/load-test.ts';
import { shownPath } from './run-view.ts';

/** What the command line asks for of a test. */
export function runRequest(
  { desired, secrets, text }: LoadedTest & { readonly desired: Desired },
  args: Args,
  externalRedis: Secret | undefined,
  asked: AskedBy,
): RunRequest {
  return {
    desired,
    ...(externalRedis === undefined ? {} : { externalRedis }),
    secrets,
    config: { text },
    cleanup: args.keep ? 'keep' : args.command === 'apply' ? 'after-timeline' : 'always',
    reset: args.reset,
    failFast: args.failFast,
    runLog: (append) => createRunLog({ append, shownPath, asked }),
  };
}
