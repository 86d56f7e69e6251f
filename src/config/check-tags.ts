import { byCodePoint } from '../lib/code-point-order.ts';
import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { error } from './faults.ts';
import type { Path } from './path.ts';
import type { TestConfig } from './test-config.generated.ts';
import { allOf } from './wording.ts';

interface Group {
  readonly tags: readonly string[];
  readonly peers: string[];
  readonly path: Path;
}

/** Every peer needs a host that has all its tags; one fault for all the peers that ask for the same ones. */
export function* checkTags(draft: Draft<TestConfig>, { locate }: Context): Generator<ConfigFault> {
  const { hosts, peers } = draft;
  // Tags that cannot be read may be the ones that are missing.
  if (hosts === undefined || hosts?.some((host) => host === undefined || host.tags?.includes(undefined))) return;
  const offered = (hosts ?? []).map((host) => new Set(host?.tags ?? []));
  const groups = new Map<string, Group>();
  for (const [index, peer] of (peers ?? []).entries()) {
    const tags = tagsOf(peer?.runs_on);
    if (tags === undefined || offered.some((host) => tags.every((tag) => host.has(tag)))) continue;
    const key = JSON.stringify(tags);
    const group = groups.get(key) ?? { tags, peers: [], path: ['peers', index, 'runs_on'] };
    group.peers.push(peer?.name ?? `peer ${index + 1}`);
    groups.set(key, group);
  }
  if (groups.size > 0 && offered.length === 0) {
    const all = [...groups.values()].flatMap((group) => group.peers).sort(byCodePoint);
    const who =
      all.length > 10 ? `any of the ${all.length} peers` : `the ${all.length === 1 ? 'peer' : 'peers'} ${allOf(all)}`;
    yield error(locate(['hosts'], 'key'), 'no-host', `there is no host for ${who}`, 'add one to `hosts`');
    return;
  }
  for (const { tags, peers: named, path } of groups.values()) {
    const which = `${tags.length === 1 ? 'the tag' : 'all the tags'} ${allOf(tags)}`;
    const who = `${allOf(named.slice(0, 10))} ${named.length === 1 ? 'asks' : 'ask'} for`;
    yield error(locate(path), 'no-host', `no host has ${which}, which ${who}`, suggestion(tags, offered));
  }
}

/** The tags of a `runs_on`, sorted; undefined where one of them cannot be read. */
function tagsOf(runsOn: string | readonly (string | undefined)[] | null | undefined): readonly string[] | undefined {
  const written = typeof runsOn === 'string' ? [runsOn] : (runsOn ?? []);
  const tags = written.filter((tag) => tag !== undefined);
  return tags.length < written.length ? undefined : [...new Set(tags)].sort(byCodePoint);
}

function suggestion(tags: readonly string[], offered: readonly ReadonlySet<string | undefined>[]): string {
  const known = [...new Set(offered.flatMap((host) => [...host]))].filter((tag) => tag !== undefined);
  const missing = tags.find((tag) => !known.includes(tag));
  const meant = missing === undefined ? undefined : closest(missing, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  if (known.length === 0) return 'no host has any tags';
  return missing === undefined ? 'each is there, but not on one host' : `there are ${known.slice(0, 10).join(', ')}`;
}
