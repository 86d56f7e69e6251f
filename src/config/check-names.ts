import type { ConfigFault } from '../model/fault.ts';
import { displayNameFault, peerNameFault } from '../model/names.ts';
import type { Context } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import { hostNames } from './host-names.ts';
import type { Path } from './path.ts';
import type { TestConfig } from './test-config.generated.ts';

/** The test's name: not empty, on one line. */
export function* checkTestName({ name }: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  if (name !== undefined) yield* badName(name, displayNameFault(name), ['name'], context);
}

/** Names of hosts, tags and peers: not empty, made of legal characters, and those of hosts and peers each only once. */
export function* checkFleetNames(draft: Draft<TestConfig>, context: Context): Generator<ConfigFault> {
  for (const [index, host] of (draft.hosts ?? []).entries()) {
    if (host?.name !== undefined)
      yield* badName(host.name, displayNameFault(host.name), ['hosts', index, 'name'], context);
  }
  const names = hostNames(draft.hosts ?? [], DEFAULTS.basePort);
  const hosts = names.map((name, index) => {
    const part = draft.hosts?.[index]?.name === undefined ? 'address' : 'name';
    return { name: draft.hosts?.[index] === undefined ? '' : name, path: ['hosts', index, part] };
  });
  yield* repeated('host', hosts, context);
  for (const { name, path } of hosts) if (name === CONTROL) yield reserved(path, context);

  const peers = (draft.peers ?? []).map((peer, index) => ({ name: peer?.name ?? '', path: ['peers', index, 'name'] }));
  for (const [index, { name, path }] of peers.entries()) {
    if (draft.peers?.[index]?.name !== undefined) yield* badName(name, peerNameFault(name), path, context, legal(name));
  }
  yield* repeated('peer', peers, context);
}

/** Plans and their steps call this machine so: a host of that name could not be told from it. */
const CONTROL = 'control';

function reserved(path: Path, { locate }: Context): ConfigFault {
  const message = `a host may not be called "${CONTROL}": that is what plans call the machine that tm runs on`;
  const instead = path.at(-1) === 'address' ? 'give it a `name`, too' : '"control-host" would do';
  return error(locate(path), 'reserved-name', message, instead);
}

function* badName(
  name: string,
  fault: string | undefined,
  path: Path,
  { locate }: Context,
  instead?: string,
): Generator<ConfigFault> {
  if (fault === undefined) return;
  const suggestion = instead === undefined ? undefined : `"${instead}" would do`;
  yield error(locate(path), name.trim() === '' ? 'empty-name' : 'bad-name', fault, suggestion);
}

/** The nearest legal name of a peer, if anything of it is legal. */
function legal(name: string): string | undefined {
  const near = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 128);
  return near === '' ? undefined : near;
}

function* repeated(
  what: string,
  named: readonly { readonly name: string; readonly path: Path }[],
  { locate }: Context,
): Generator<ConfigFault> {
  const first = new Map<string, Path>();
  for (const { name, path } of named) {
    if (name === '') continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, path);
    else {
      const suggestion = `the first is on line ${locate(before).line}: give this one another name`;
      yield error(locate(path), `duplicate-${what}`, `duplicate ${what} name ${JSON.stringify(name)}`, suggestion);
    }
  }
}
