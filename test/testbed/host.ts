import { join } from 'node:path';
import { type CapsuleOptions, startCapsule } from './capsule.ts';
import { dockerdIn, dockerSocketOf } from './dockerd.ts';
import { plugIn, setCable } from './network.ts';
import type { Slot } from './slot.ts';
import { sshdIn } from './sshd.ts';

export interface HostOptions {
  /** False: sshd refuses to forward to Unix sockets, so that Docker is reached by `docker system dial-stdio` only. */
  readonly streamLocalForwarding?: boolean;
  /** sshd's MaxSessions; 10 as OpenSSH has it. */
  readonly maxSessions?: number;
  /** dockerd's storage driver; by default dockerd takes the best that works here. */
  readonly storageDriver?: string;
}

/** A machine with Docker and SSH, as a test sees it. */
export interface TestHost {
  readonly name: string;
  readonly address: string;
  readonly sshPort: number;
  readonly user: 'root';
  /** The host's own Docker socket, as the control side reaches it: to see what is really there. */
  readonly dockerSocket: string;
  /** The directory on the control side that is /root on the host. */
  readonly home: string;
  /** Ends sshd and its sessions: connections break, new ones are refused. */
  stopSsh(): Promise<void>;
  startSsh(): Promise<void>;
  /** Ends dockerd as its service would: containers are stopped first. */
  stopDocker(): Promise<void>;
  startDocker(): Promise<void>;
  /** Pulls the network cable: connections hang, nothing is refused. */
  cutNetwork(): Promise<void>;
  healNetwork(): Promise<void>;
  /** Runs a program on the host, without SSH, to its end; gives its stdout. */
  run(command: string, args: readonly string[]): Promise<string>;
}

export interface StartedHost extends TestHost {
  /** The line for a known_hosts file. */
  readonly knownHost: string;
}

/** Starts host `number` (from 1): namespaces, cable, then dockerd and sshd side by side. */
export async function startHost(
  slot: Slot,
  number: number,
  authorizedKeysPath: string,
  options: HostOptions,
): Promise<StartedHost> {
  const name = `h${number}`;
  const address = slot.hostAddress(number);
  const sshPort = 22;
  const where: CapsuleOptions = { name, dir: join(slot.dir, name), kind: 'machine' };
  const capsule = await startCapsule(where);
  await plugIn(slot, number, capsule.pid);
  const docker = await dockerdIn(capsule, {
    name,
    cgroupParent: `/${slot.mark}/${name}`,
    extraArgs: [],
    ...(options.storageDriver === undefined ? {} : { storageDriver: options.storageDriver }),
  });
  const ssh = await sshdIn(capsule, {
    name,
    address,
    port: sshPort,
    authorizedKeysPath,
    streamLocalForwarding: options.streamLocalForwarding ?? true,
    maxSessions: options.maxSessions ?? 10,
  });
  await Promise.all([docker.start(), ssh.start()]);
  return {
    name,
    address,
    sshPort,
    user: 'root',
    dockerSocket: dockerSocketOf(capsule),
    home: join(capsule.dir, 'home'),
    knownHost: ssh.knownHost,
    stopSsh: ssh.stop,
    startSsh: ssh.start,
    stopDocker: docker.stop,
    startDocker: docker.start,
    cutNetwork: () => setCable(slot, number, false),
    healNetwork: () => setCable(slot, number, true),
    run: (command, args) => capsule.run(command, args),
  };
}
