import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error, warning } from './faults.ts';
import type { Path } from './path.ts';
import { isSystemVariable, readEnvironment } from './read-environment.ts';
import type { Environment, TestConfig } from './test-config.generated.ts';

/** Variables that cannot be given, that are given twice in a list, or that tm gives itself whatever the config says. */
export function* checkEnvironment(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  yield* checkVariables(draft.peer_environment, ['peer_environment'], context);
  for (const [index, peer] of (draft.peers ?? []).entries()) {
    yield* checkVariables(peer?.environment, ['peers', index, 'environment'], context);
  }
}

function* checkVariables(
  environment: Draft<Environment> | undefined,
  path: Path,
  { locate, textAt }: Context,
): Generator<ConfigFault> {
  const seen = new Set<string>();
  for (const { name, value, path: at } of readEnvironment(environment, path, textAt)) {
    const place = locate(at, Array.isArray(environment) ? 'value' : 'key');
    if (value.includes('\0')) {
      yield error(locate(at), 'bad-format', `the value of ${name} holds a NUL character, which no environment can`);
    }
    if (isSystemVariable(name)) {
      yield warning(place, 'system-variable', `${name} is given by tm, so this one does nothing`, 'remove it');
    } else if (seen.has(name)) {
      yield warning(
        place,
        'repeated-variable',
        `${name} stands here a second time, and this one counts`,
        'remove the first',
      );
    }
    seen.add(name);
  }
}
