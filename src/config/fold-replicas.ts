import type { ConfigFault } from '../model/fault.ts';

/**
 * Faults of a config with `replicas`: what is wrong with an entry is wrong with each peer of it, and is told of the first one. Faults
 * are alike that have one place and one code.
 */
export function foldReplicas(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const alike = new Map<string, ConfigFault[]>();
  for (const fault of faults) {
    const key = `${fault.line}:${fault.column} ${fault.code}`;
    const others = alike.get(key);
    if (others === undefined) alike.set(key, [fault]);
    else if (others.every(({ message }) => message !== fault.message)) others.push(fault);
  }
  return [...alike.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    return more.length === 0 ? [first] : [{ ...first, message: `${first.message} (and ${more.length} more like it)` }];
  });
}
