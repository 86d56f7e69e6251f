import type { Workload } from '../../../src/model/desired.ts';
import { hostName, imageRef, peerName, runId, testName } from '../../../src/model/names.ts';
import type { ContainerOrder } from '../../../src/ports/containers.ts';

export type ContainerWorkload = Extract<Workload, { kind: 'container' }>;

/** An order for a container that runs a shell script. */
export function shellOrder(
  peer: string,
  port: number,
  script: string,
  more: Partial<ContainerWorkload> = {},
): ContainerOrder {
  const workload: ContainerWorkload = {
    kind: 'container',
    image: imageRef('tm-test/base:1'),
    command: ['sh', '-c', script],
    ...{ environment: {}, ports: [], volumes: [], ...more },
  };
  return {
    name: `tm-${peer}`,
    peer: peerName(peer),
    labels: {
      ...{ test: testName('smoke'), run: runId('run-1'), peer: peerName(peer) },
      ...{ host: hostName('h1'), spec: 'digest', redis: 'instance' },
    },
    workload,
    port,
    runEnvironment: {},
  };
}
