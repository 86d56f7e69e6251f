import { isSecretName, REDACTED, redactUrls } from '../../lib/redact.ts';
import { Redactor } from '../../lib/redactor.ts';
import type { AskedBy } from '../../views/console/asked-by.ts';
import type { Context } from '../context.ts';
import type { Args } from '../input/args.ts';
import type { LoadedTest } from '../input/load-test.ts';

/** The run of a command line that is meant. */
interface Meant extends Pick<LoadedTest, 'cell' | 'secrets'> {
  /** It is one of several runs. */
  readonly several: boolean;
}

type Given = Pick<Args, 'command' | 'failFast' | 'keep' | 'redisUrl' | 'tui' | 'vars'>;

/** How a command line asks for one run: of a matrix for just that combination, of a repeated test for one more run; secrets are left out. */
export function askedBy(args: Given, { environment }: Pick<Context, 'environment'>, meant: Meant): AskedBy {
  const redactor = new Redactor();
  redactor.hide(...meant.secrets);
  const vars = new Map([...(meant.several ? Object.entries(meant.cell.vars) : []), ...args.vars]);
  const words = [...vars].map(([name, value]) =>
    isSecretName(name) ? `${name}=${REDACTED}` : `${name}=${redactUrls(redactor.text(value))}`,
  );
  const { redisUrl } = args;
  // The environment is still there for the next command.
  const ownUrl = redisUrl === undefined || redisUrl === environment['TM_REDIS_URL'] ? [] : [redactUrls(redisUrl)];
  return {
    program: args.command === 'run' ? 'tm' : 'tm apply',
    which: [...words.flatMap((word) => ['--var', word]), ...ownUrl.flatMap((url) => ['--redis-url', url])],
    how: [
      ...(args.failFast ? ['--fail-fast'] : []),
      // With several runs, only the failed one keeps anything.
      ...(args.keep ? ['--keep'] : []),
      ...(args.tui ? ['--tui'] : []),
    ],
    oneOfSeveral: meant.several,
  };
}
