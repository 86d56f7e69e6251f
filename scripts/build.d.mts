/** Types of build.mjs, for the tests that build parts of the package. */
import type { Metafile } from 'esbuild';

export function buildTm(outdir: string): Promise<Metafile>;
export function buildPeer(outfile: string): Promise<Metafile>;
export function buildReferencePeer(outfile: string): Promise<Metafile>;
export function buildDeclarations(outdir: string): Promise<void>;
