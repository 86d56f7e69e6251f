import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capsule } from './capsule.ts';
import { type Daemon, daemonIn } from './daemon.ts';
import { engineAnswers } from './engine-api.ts';

export interface DockerdOptions {
  readonly name: string;
  readonly cgroupParent: string;
  readonly storageDriver?: string;
  readonly extraArgs: readonly string[];
}

/** The engine's socket, in the capsule's directory so that the control machine can reach it too. */
export const dockerSocketOf = (capsule: Capsule): string => join(capsule.dir, 'docker.sock');

/** A Docker daemon with all its state in the capsule's directory and in the capsule's own /run. */
export async function dockerdIn(capsule: Capsule, options: DockerdOptions): Promise<Daemon> {
  const socket = dockerSocketOf(capsule);
  // An empty configuration of its own, or dockerd would take the machine's /etc/docker/daemon.json.
  const configFile = join(capsule.dir, 'daemon.json');
  await writeFile(configFile, '{}\n');
  return daemonIn(capsule, {
    name: `dockerd of ${options.name}`,
    command: 'dockerd',
    args: [
      ...['--data-root', join(capsule.dir, 'docker'), '--exec-root', '/run/docker', '--pidfile', '/run/docker.pid'],
      // The first socket is for tests, to see what is really there; the second is where an SSH login looks.
      ...['--host', `unix://${socket}`, '--host', 'unix:///var/run/docker.sock', '--group', 'root'],
      // Where systemd runs, dockerd would ask it for cgroups, and no systemd answers in here.
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', options.cgroupParent],
      ...['--config-file', configFile],
      ...(options.storageDriver === undefined ? [] : ['--storage-driver', options.storageDriver]),
      ...options.extraArgs,
    ],
    logFile: join(capsule.dir, 'dockerd.log'),
    isReady: () => engineAnswers(socket),
    startTimeoutMs: 60_000,
    ends: 'itself',
  });
}
