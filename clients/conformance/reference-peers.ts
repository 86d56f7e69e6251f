import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './rig/at-exit.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A peer of this repository that is held to the protocol. */
export interface ReferencePeer {
  /** Its column in the table. */
  readonly title: string;
  readonly command: readonly string[];
  /** What has to be run before, where it is not a script. */
  readonly build?: readonly string[];
}

/** The reference peer in each language. */
export const REFERENCE_PEERS: readonly ReferencePeer[] = [
  {
    title: 'TypeScript',
    command: [process.execPath, at('dist/reference-peer.js')],
    build: [process.execPath, at('scripts/build.mjs'), 'reference-peer'],
  },
  {
    title: 'Rust',
    command: [at('clients/rust/target/release/examples/reference-peer')],
    build: ['bash', at('clients/rust/build.sh')],
  },
  {
    title: 'Python',
    command: [at('clients/python/.venv/bin/python'), at('clients/python/examples/reference_peer')],
    build: ['bash', at('clients/python/build.sh')],
  },
  {
    title: 'Go',
    command: [at('clients/go/bin/reference-peer')],
    build: ['bash', at('clients/go/build.sh')],
  },
];

/** The whole peer in shell that docs/protocol.md shows, as a program. Its directory is removed when it is disposed of. */
export async function plainScript(): Promise<ReferencePeer & AsyncDisposable> {
  const document = await readFile(at('docs/protocol.md'), 'utf8');
  const script = /```sh\n(#!\/bin\/sh\n[\s\S]*?)```/.exec(document)?.[1];
  if (script === undefined)
    throw new Error('docs/protocol.md has no shell peer: a block of sh that begins with #!/bin/sh');
  const directory = temporaryDirectory('tm-plain-peer-');
  const program = join(directory.path, 'peer.sh');
  await writeFile(program, script);
  return {
    title: 'plain script',
    command: ['sh', program],
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
