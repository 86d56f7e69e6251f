import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testImages } from './images.ts';
import { runCommand, toolEnv } from './run-command.ts';
import type { Testbed } from './testbed.ts';

export interface BuildOptions {
  readonly context: string;
  /** Path of the Dockerfile; by default the one in the context. */
  readonly dockerfile?: string;
  readonly tag: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** `docker build` in the control engine. `RUN` steps use the control machine's network. Gives the builder's output. */
export function buildImage(bed: Testbed, { context, dockerfile, tag, buildArgs = {} }: BuildOptions): Promise<string> {
  const args = [
    ...['build', '--network', 'host', '--tag', tag],
    ...(dockerfile === undefined ? [] : ['--file', dockerfile]),
    ...Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    context,
  ];
  // BuildKit comes as a plugin that need not be installed; the builder inside the engine is always there.
  const env = { ...toolEnv, DOCKER_HOST: bed.control.dockerHost, DOCKER_BUILDKIT: '0', DOCKER_CONFIG: bed.dir };
  return runCommand('docker', args, { env, timeoutMs: 300_000 });
}

/** An image of the base and one layer of random bytes for each of `sizes`, in their order: for tests of image transfer. */
export async function makeLayeredImage(bed: Testbed, tag: string, sizes: readonly number[]): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'tm-layers-'));
  try {
    const lines = [`FROM ${testImages.base}`];
    for (const [index, size] of sizes.entries()) {
      await writeFile(join(context, `layer${index}`), randomBytes(size));
      lines.push(`ADD layer${index} /layer${index}`);
    }
    await writeFile(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(bed, { context, tag });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
