import { afterAll, beforeAll } from 'vitest';
import type { Workload } from '../../src/model/desired.ts';
import { type ImageRef, imageRef } from '../../src/model/names.ts';
import { DELAY_FILE } from '../../src/model/wire.ts';
import type { Host } from '../../src/ports/host.ts';
import { type DockerBed, startDockerBed } from '../drivers/docker/docker-bed.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import { type Behaviour, type ContainersRig, containersContract } from './containers.ts';

const { signal } = new AbortController();
let bed: DockerBed;

beforeAll(async () => {
  bed = await startDockerBed({ hosts: [{}, { streamLocalForwarding: false }], images: ['base'] });
});
afterAll(() => bed?.[Symbol.asyncDispose]());

containersContract('the local engine', () =>
  rigOf(bed.hosts().connect(bed.localHost(), signal), bed.bed.control.dockerSocket),
);
containersContract('a host over SSH', () =>
  rigOf(bed.hosts().connect(bed.sshHost(0), signal), bed.bed.hosts[0]!.dockerSocket),
);
containersContract('a host whose sshd does not forward sockets', () =>
  rigOf(bed.hosts().connect(bed.sshHost(1), signal), bed.bed.hosts[1]!.dockerSocket),
);

/** `socket` leads to the same engine, past the drivers. */
async function rigOf(connecting: Promise<Host>, socket: string): Promise<ContainersRig> {
  const host = await connecting;
  const image = imageRef(bed.bed.images.base);
  await using control = await bed.hosts().control(signal);
  const identity = (await control.images.find(image, signal))!.identity;
  const images = host.images!;
  if ((await images.find(image, signal)) === undefined) {
    await control.courier.send(image, images, new Set(), () => {}, signal);
  }
  return {
    containers: host.containers,
    imageIdentity: identity,
    workload: (behaviour) => workloadOf(behaviour, image),
    addForeign: async (name) => {
      const body = { Image: image, Cmd: ['sleep', '1000'] };
      const made = await engineRequest(socket, `/containers/create?name=${name}`, { method: 'POST', body });
      const { Id } = JSON.parse(made) as { Id: string };
      await engineRequest(socket, `/containers/${Id}/start`, { method: 'POST' });
    },
    clear: async () => {
      const all = JSON.parse(await engineRequest(socket, '/containers/json?all=1')) as { Id: string }[];
      await Promise.all(all.map(({ Id }) => engineRequest(socket, `/containers/${Id}?force=1`, { method: 'DELETE' })));
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

function workloadOf({ writes = [], shows, delay, exits, onTerm }: Behaviour, image: ImageRef): Workload {
  const script = [
    // Without a trap, a SIGTERM to the first process of a container does nothing.
    ...(onTerm === undefined ? [] : [`trap 'exit ${onTerm}' TERM`]),
    ...writes.map((line) => `echo '${line}'`),
    ...(shows === undefined ? [] : [`echo "$${shows}"`]),
    ...(delay === undefined ? [] : [`echo ${delay} >${DELAY_FILE}`]),
    exits === undefined ? 'while :; do sleep 0.05; done' : `exit ${exits}`,
  ].join('\n');
  return { kind: 'container', image, command: ['sh', '-c', script], environment: {}, ports: [], volumes: [] };
}
