import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { Secret } from '../../lib/secret.ts';

/** How often a person may mistype a passphrase. */
const MAX_QUESTIONS = 3;

/** A private key file, or why it is of no use. */
export type KeyInFile =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'absent' }
  /** It is encrypted, and nobody could tell its passphrase. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'unreadable'; readonly because: string };

/** Where passphrases come from. */
export interface Passphrases {
  /** Tried first. */
  readonly given?: Secret;
  /** Asks a person; undefined: nobody is there, or they will not say. */
  readonly ask?: (keyPath: string) => Promise<Secret | undefined>;
}

/** Private keys by path: each is read, and its passphrase asked for, once, however many hosts use it. */
export class KeyRing {
  readonly #passphrases: Passphrases;
  readonly #keys = new Map<string, Promise<KeyInFile>>();

  constructor(passphrases: Passphrases) {
    this.#passphrases = passphrases;
  }

  key(path: string): Promise<KeyInFile> {
    const known = this.#keys.get(path) ?? this.#load(path);
    this.#keys.set(path, known);
    return known;
  }

  /** The public half that stands beside a private key, if any. */
  async publicKey(path: string): Promise<Buffer | undefined> {
    const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
    const base64 = text?.split(/\s+/)[1];
    return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
  }

  async #load(path: string): Promise<KeyInFile> {
    let text: Buffer;
    try {
      text = await readFile(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', because: message };
    }
    const parsed = parse(text);
    if (!(parsed instanceof Error)) return { kind: 'key', key: parsed };
    return isEncrypted(parsed) ? this.#unlock(path, text) : { kind: 'unreadable', because: parsed.message };
  }

  async #unlock(path: string, text: Buffer): Promise<KeyInFile> {
    const { given, ask } = this.#passphrases;
    const opened = given === undefined ? undefined : parse(text, given);
    if (opened !== undefined && !(opened instanceof Error)) return { kind: 'key', key: opened };
    for (let questions = 0; questions < MAX_QUESTIONS; questions++) {
      const passphrase = await ask?.(path);
      if (passphrase === undefined) break;
      const key = parse(text, passphrase);
      if (!(key instanceof Error)) return { kind: 'key', key };
    }
    return { kind: 'locked' };
  }
}

function parse(text: Buffer, passphrase?: Secret): ParsedKey | Error {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase?.reveal());
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined) return new Error('it holds no key');
  return key instanceof Error || key.isPrivateKey() ? key : new Error('it is not a private key');
}

const isEncrypted = (error: Error): boolean => /encrypted|passphrase/i.test(error.message);
