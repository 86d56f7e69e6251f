import { shown } from './wording.ts';

/** Says that a name with replicas is not the name of a peer. */
export function replicatedPeer(
  name: string,
  where: string,
  count: number,
): { readonly message: string; readonly suggestion: string } {
  const message = `${shown(name)} in ${where} is no peer: it has ${count === 1 ? 'one replica' : `${count} replicas`}`;
  return { message, suggestion: `write "${name}-*" for all of them, or "${name}-1" for the first` };
}
