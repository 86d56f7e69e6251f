import type { Draft } from './draft.ts';
import type { Path } from './path.ts';
import type { Command, Expect, TestConfig } from './test-config.generated.ts';

/** An expectation as the file has it, with where it stands. */
export type WrittenDemand =
  /** In the file's own `expect`. */
  | { readonly place: 'file'; readonly expect: Draft<Expect>; readonly path: Path }
  /** In the `expect`, or in the `when`, of the command with this index in the file. */
  | {
      readonly place: 'command' | 'when';
      readonly expect: Draft<Expect>;
      readonly path: Path;
      readonly index: number;
      readonly command: Draft<Command>;
    };

/** All expectations of a file that can be read, those of commands first. */
export function* writtenDemands(draft: Draft<TestConfig>): Generator<WrittenDemand> {
  for (const [index, command] of (draft.commands ?? []).entries()) {
    if (command !== undefined) yield* demandsOfCommand(command, index);
  }
  for (const [index, expect] of (draft.expect ?? []).entries()) {
    if (expect !== undefined) yield { place: 'file', expect, path: ['expect', index] };
  }
}

/** Those of one command: what it waits for, then what is expected of it. */
export function* demandsOfCommand(
  command: Draft<Command>,
  index: number,
): Generator<Exclude<WrittenDemand, { place: 'file' }>> {
  for (const [key, place] of [['when', 'when'] as const, ['expect', 'command'] as const]) {
    const written = command[key];
    if (written === undefined) continue;
    const path = ['commands', index, key];
    if (!isList(written)) yield { place, expect: written, path, index, command };
    else {
      for (const [item, expect] of written.entries())
        if (expect !== undefined) yield { place, expect, path: [...path, item], index, command };
    }
  }
}

type Demands = NonNullable<Draft<Command>['when']>;

/** `Array.isArray` does not know of readonly lists. */
const isList = (demands: Demands): demands is Extract<Demands, readonly unknown[]> => Array.isArray(demands);
