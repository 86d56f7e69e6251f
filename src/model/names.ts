/**
 * The names that cross hosts. Each is a branded string, made only by the functions here, so that a host's name
 * can never be passed where a peer's is meant.
 */

/** A peer's unique name; also part of its container's name and of its Redis keys. */
export type PeerName = string & { readonly brand: 'PeerName' };
/** The display name of a host entry; unique in a test. */
export type HostName = string & { readonly brand: 'HostName' };
/** The name of a test, as written in its file. */
export type TestName = string & { readonly brand: 'TestName' };
/** One execution of a test: `<sanitised test name>-YYYY-MM-DD-HH-MM-SS`, also the name of its directory. */
export type RunId = string & { readonly brand: 'RunId' };
/** An image as a person writes it: `repository[:tag]` or `repository@sha256:…`. */
export type ImageRef = string & { readonly brand: 'ImageRef' };

const PEER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** What is wrong with a peer's name, or undefined: it must serve as a container name and a Redis key. */
export function peerNameFault(text: string): string | undefined {
  if (text === '') return 'a peer name may not be empty';
  if (text.length > 128) return 'a peer name may have at most 128 characters';
  if (!PEER_NAME.test(text)) return 'a peer name is made of A-Z a-z 0-9 _ . - and begins with a letter or digit';
  return undefined;
}

/** What is wrong with the display name of a host or the name of a test, or undefined: any text on one line. */
export function displayNameFault(text: string): string | undefined {
  if (text.trim() === '') return 'a name may not be empty';
  if (text.length > 200) return 'a name may have at most 200 characters';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return 'a name may not hold control characters';
  return undefined;
}

export const peerName = (text: string): PeerName => text as PeerName;
export const hostName = (text: string): HostName => text as HostName;
export const testName = (text: string): TestName => text as TestName;
export const runId = (text: string): RunId => text as RunId;
export const imageRef = (text: string): ImageRef => text as ImageRef;

/**
 * A test's name as a file name: everything but letters, digits, `_`, `.` and `-` becomes `-`; never empty, never hidden, and short enough
 * for what is put behind it (file systems take 255 bytes).
 */
export function fileNameOf(test: TestName): string {
  const safe = test
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^[.-]+|-+$/g, '');
  const short = shortened(safe, 80, 160);
  return short === '' ? 'test' : short;
}

/** The beginning of a text that has at most so many characters, and at most so many bytes in UTF-8. */
function shortened(text: string, characters: number, bytes: number): string {
  let short = '';
  let size = 0;
  for (const character of text.slice(0, characters)) {
    size += new TextEncoder().encode(character).length;
    // Half of a pair, where the first cut went through one, is no character.
    if (size > bytes || /\p{Cs}/u.test(character)) break;
    short += character;
  }
  return short;
}

/** The name of a peer's container, as the Rust tool gives it. */
export const containerName = (peer: PeerName): string => `tm-${peer}`;
/** The directory on a host that is mounted at `/config` in the peer's container, below the user's home. */
export const configDirectory = (peer: PeerName): string => `peer-config/tm-${peer}-config`;
/** The container of the managed Redis. */
export const REDIS_CONTAINER = 'tm-redis';
