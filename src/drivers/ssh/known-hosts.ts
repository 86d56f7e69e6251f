import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A key in a known_hosts file. */
export interface KnownKey {
  /** As in the file: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** Base64. */
  readonly key: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What known_hosts files say of one server. */
export interface HostKnowledge {
  readonly keys: readonly KnownKey[];
  /** Keys of the same name without its port: one of them is as good, as in OpenSSH, but another one is not yet a changed one. */
  readonly portless: readonly KnownKey[];
  readonly revoked: readonly KnownKey[];
  /** A certificate authority is named for it. ssh2 asks servers for no certificates, so that cannot help. */
  readonly hasAuthority: boolean;
}

interface Line extends KnownKey {
  readonly marker?: string;
  /** Patterns with commas, or one hashed name. */
  readonly names: string;
}

/** What files say of a server, by the name that it is known by. A file that cannot be read says nothing. */
export async function readKnownHosts(files: readonly string[], name: string, port: number): Promise<HostKnowledge> {
  const lines = (await Promise.all(files.map(readLines))).flat();
  const named = lines.filter((line) => isFor(line.names, knownName(name, port)));
  const portless = port === 22 ? [] : lines.filter((line) => isFor(line.names, knownName(name, 22)));
  const unmarked = ({ marker }: Line) => marker === undefined;
  return {
    keys: named.filter(unmarked),
    portless: portless.filter(unmarked),
    revoked: [...named, ...portless].filter(({ marker }) => marker === '@revoked'),
    hasAuthority: named.some(({ marker }) => marker === '@cert-authority'),
  };
}

/**
 * Appends a key that is not there yet; the file and its directory are made, for their owner alone, where they are missing.
 * Synchronous: two connections may learn of the same key at the same time.
 */
export function addKnownHost(
  file: string,
  server: { readonly name: string; readonly port: number; readonly hashName: boolean },
  key: Buffer,
): void {
  const name = knownName(server.name, server.port);
  const base64 = key.toString('base64');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (linesOf(before, file).some((line) => line.key === base64 && isFor(line.names, name))) return;
  const newline = before === '' || before.endsWith('\n') ? '' : '\n';
  const shown = server.hashName ? hashed(name, randomBytes(20)) : name;
  appendFileSync(file, `${newline}${shown} ${keyType(key)} ${base64}\n`, { mode: 0o600 });
}

/** How a server is named in known_hosts. */
export const knownName = (name: string, port: number): string =>
  port === 22 ? name.toLowerCase() : `[${name.toLowerCase()}]:${port}`;

/** The type that stands, with its length before it, at the beginning of a public key. */
export const keyType = (key: Buffer): string => key.toString('latin1', 4, 4 + key.readUInt32BE(0));

async function readLines(file: string): Promise<readonly Line[]> {
  return linesOf(await readFile(file, 'utf8').catch(() => ''), file);
}

function linesOf(text: string, file: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, key] = words;
    if (names === undefined || names.startsWith('#') || type === undefined || key === undefined) return [];
    return [{ ...(marker === undefined ? {} : { marker }), names, type, key, file, line: index + 1 }];
  });
}

function isFor(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const salt = names.split('|')[2];
    return salt !== undefined && hashed(name, Buffer.from(salt, 'base64')) === names;
  }
  const patterns = names.toLowerCase().split(',');
  const matches = (pattern: string) => wildcard(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
}

function wildcard(pattern: string): RegExp {
  const quoted = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${quoted.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

const hashed = (name: string, salt: Buffer): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
