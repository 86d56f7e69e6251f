import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageRef, imageRef } from '../../src/model/names.ts';
import { type DockerBed, startDockerBed } from '../drivers/docker/docker-bed.ts';
import { startTinyRegistry, type TinyRegistry } from '../drivers/docker/tiny-registry.ts';
import { buildImage, makeLayeredImage } from '../testbed/build-image.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { type ImagesRig, imagesContract } from './images.ts';

const MB = 1024 * 1024;
const { signal } = new AbortController();
const base = imageRef('tm-test/layers-base:1');
const changed = imageRef('tm-test/layers-changed:1');
const reconfigured = imageRef('tm-test/layers-reconfigured:1');

imagesContract('real engines, one host of which refuses to forward sockets', async (): Promise<ImagesRig> => {
  const bed = await startDockerBed({ hosts: [{}, { streamLocalForwarding: false }], images: ['base'] });
  const registry = await startTinyRegistry({ user: 'mule', password: 'pässword', content: randomBytes(8 * MB) });
  await logIn(bed, registry);
  await makeLayeredImage(bed.bed, base, [3 * MB, 2 * MB]);
  await derive(bed, changed, 'ADD small /small');
  await derive(bed, reconfigured, 'ENV MODE="<fast> & loose"');
  const hosts = bed.hosts();
  const control = await hosts.control(signal);
  const [first, second] = await Promise.all([0, 1].map((at) => hosts.connect(bed.sshHost(at), signal)));
  return {
    control: control.images,
    courier: control.courier,
    hosts: [first!.images!, second!.images!],
    ...{ base, changed, reconfigured, published: imageRef(registry.ref) },
    use: async (ref) => {
      const body = { Image: ref, Cmd: ['sleep', '1000'] };
      await engineRequest(bed.bed.hosts[0]!.dockerSocket, '/containers/create', { method: 'POST', body });
    },
    [Symbol.asyncDispose]: async () => {
      for (const open of [first!, second!, control, registry, bed]) await open[Symbol.asyncDispose]();
    },
  };
});

/** As `docker login` does it. */
async function logIn({ home }: DockerBed, { address }: TinyRegistry): Promise<void> {
  const auth = Buffer.from('mule:pässword').toString('base64');
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ auths: { [address]: { auth } } }));
}

/** An image of the base and one instruction more. */
async function derive({ bed }: DockerBed, tag: ImageRef, instruction: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'tm-derive-'));
  try {
    await writeFile(join(context, 'small'), randomBytes(10_000));
    await writeFile(join(context, 'Dockerfile'), `FROM ${base}\n${instruction}\n`);
    await buildImage(bed, { context, tag });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
