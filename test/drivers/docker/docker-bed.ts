import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHosts, type HostsOptions } from '../../../src/drivers/hosts.ts';
import { hostName } from '../../../src/model/names.ts';
import type { HostSpec } from '../../../src/model/spec.ts';
import type { Hosts } from '../../../src/ports/host.ts';
import { startTestbed, type Testbed, type TestbedOptions } from '../../testbed/testbed.ts';

/** A testbed, and the drivers that reach it from a home directory of its own. */
export interface DockerBed extends AsyncDisposable {
  readonly bed: Testbed;
  /** Has a `.ssh/known_hosts` with the keys of all hosts, and nothing else. */
  readonly home: string;
  /** The drivers, as a new process would make them. */
  hosts(options?: Partial<HostsOptions>): Hosts;
  /** Host `index` (from 0) as a config would name it, over SSH. */
  sshHost(index: number, more?: Partial<HostSpec>): HostSpec;
  /** The control machine's engine as a host. */
  localHost(): HostSpec;
}

/** Starts a testbed for the real drivers. */
export async function startDockerBed(options: TestbedOptions): Promise<DockerBed> {
  const bed = await startTestbed(options);
  const home = await mkdtemp(join(tmpdir(), 'tm-home-'));
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await copyFile(bed.knownHostsPath, join(home, '.ssh/known_hosts'));
  const common = { runtime: { kind: 'docker' }, basePort: 12_000, tags: [] } as const;
  return {
    bed,
    home,
    hosts: (more) =>
      createHosts({
        home,
        env: { DOCKER_HOST: bed.control.dockerHost },
        connectProcess: () => Promise.reject(new Error('no processes here')),
        ...more,
      }),
    sshHost: (index, more = {}) => {
      const host = bed.hosts[index]!;
      const auth = { kind: 'key', path: bed.keyPath } as const;
      const connection = { kind: 'ssh', user: host.user, port: host.sshPort, auth } as const;
      return { ...common, name: hostName(host.name), address: host.address, connection, ...more };
    },
    localHost: () => ({ ...common, name: hostName('local'), address: '127.0.0.1', connection: { kind: 'local' } }),
    [Symbol.asyncDispose]: async () => {
      await bed.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
