import type { Draft } from './draft.ts';
import type { Path } from './path.ts';
import type { Expect } from './test-config.generated.ts';
import type { WrittenDemand } from './written-demands.ts';

/** A name, a glob or a tag as it is written, with its place. */
export interface WrittenSelector {
  readonly text: string;
  readonly path: Path;
}

/** The peers that an expectation names; none where it is about the peer of its command. */
export function selectorsOf({ peer, peers }: Draft<Expect>, path: Path): readonly WrittenSelector[] {
  const list = typeof peers === 'string' ? [{ text: peers, path: [...path, 'peers'] }] : listed(peers ?? [], path);
  return peer === undefined ? list : [{ text: peer, path: [...path, 'peer'] }, ...list];
}

const listed = (peers: readonly (string | undefined)[], path: Path): readonly WrittenSelector[] =>
  peers.flatMap((text, index) => (text === undefined ? [] : [{ text, path: [...path, 'peers', index] }]));

/** Whom an expectation is about, as it is written: at a command that names nobody, whoever gets that command. */
export function subjectOf(written: WrittenDemand): readonly string[] {
  const named = selectorsOf(written.expect, written.path).map(({ text }) => text);
  if (named.length > 0 || written.place !== 'command') return named;
  return written.command.peer === undefined ? [] : [written.command.peer];
}
