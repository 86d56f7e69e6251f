import { createHash } from 'node:crypto';
import { type HostKnowledge, type KnownKey, keyType, readKnownHosts } from './known-hosts.ts';
import type { HostKeyPolicy, SshTarget } from './target.ts';

/** What is to be thought of the key that a server has shown. */
export type HostKeyVerdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unknown'; readonly hasAuthority: boolean }
  | { readonly kind: 'changed'; readonly known: KnownKey }
  | { readonly kind: 'revoked'; readonly line: KnownKey }
  /** It has not the fingerprint that was asked for. */
  | { readonly kind: 'other-fingerprint'; readonly expected: string };

/** All that is known of a server's keys before it is called. */
export function knowledgeOf({ hostKey, address, port }: SshTarget): Promise<HostKnowledge> {
  return readKnownHosts([...hostKey.userFiles, ...hostKey.globalFiles], hostKey.knownAs ?? address, port);
}

/** Weighs a key against what is known and asked for. */
export function judgeHostKey(key: Buffer, knowledge: HostKnowledge, policy: HostKeyPolicy): HostKeyVerdict {
  const shown = key.toString('base64');
  const isShown = (known: KnownKey) => known.key === shown;
  const revoked = knowledge.revoked.find(isShown);
  if (revoked !== undefined) return { kind: 'revoked', line: revoked };
  if (policy.fingerprint !== undefined) {
    const expected = normalFingerprint(policy.fingerprint);
    return fingerprint(key) === expected ? { kind: 'trusted' } : { kind: 'other-fingerprint', expected };
  }
  if ([...knowledge.keys, ...knowledge.portless].some(isShown)) return { kind: 'trusted' };
  const type = keyType(key);
  // Of its own type if there is one: that is the one that was replaced.
  const known = knowledge.keys.find((one) => one.type === type) ?? knowledge.keys[0];
  return known === undefined ? { kind: 'unknown', hasAuthority: knowledge.hasAuthority } : { kind: 'changed', known };
}

/** `SHA256:` and base64 without padding, as ssh-keygen shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const normalFingerprint = (text: string): string =>
  `SHA256:${text
    .trim()
    .replace(/^sha256:/i, '')
    .replace(/=+$/, '')}`;

/** As ssh-keyscan names types: `ed25519`, `ecdsa`, `rsa`. */
export const shortType = (type: string): string =>
  type.startsWith('ecdsa') ? 'ecdsa' : type.replace(/^ssh-/, '').replace(/^dss$/, 'dsa');

const algorithmsOfType = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
]);

/** Types of key that a server may show. */
export const hostKeyTypes: readonly string[] = [...algorithmsOfType.keys()];

/**
 * The algorithms to ask for, best first: those of known keys before all others, or a server whose ed25519 key is known
 * would show its RSA key and look like a stranger.
 */
export function hostKeyAlgorithms(knowledge: HostKnowledge, without: ReadonlySet<string>): readonly string[] {
  const known = [...knowledge.keys, ...knowledge.portless].map(({ type }) => type);
  const types = [...new Set([...known, ...hostKeyTypes])].filter((type) => !without.has(type));
  return types.flatMap((type) => algorithmsOfType.get(type) ?? []);
}
