import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestHost } from './host.ts';
import { runCommand, toolEnv } from './run-command.ts';
import type { Testbed } from './testbed.ts';
import { until } from './until.ts';

type Keyring = Pick<Testbed, 'dir' | 'keyPath' | 'knownHostsPath'>;

/** Options for OpenSSH's `ssh` under which nothing of this machine's own SSH set-up counts. */
function sshOptions({ keyPath, knownHostsPath }: Keyring): readonly string[] {
  const options = [
    ...[`UserKnownHostsFile=${knownHostsPath}`, 'GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes'],
    ...['IdentitiesOnly=yes', 'BatchMode=yes', 'ConnectTimeout=2', 'LogLevel=ERROR'],
  ];
  return ['-F', 'none', '-i', keyPath, ...options.flatMap((option) => ['-o', option])];
}

/** Runs a command line on a host through `ssh`; gives its stdout. */
export function sshTo(keyring: Keyring, host: TestHost, commandLine: string, input = ''): Promise<string> {
  const where = ['-p', String(host.sshPort), `${host.user}@${host.address}`];
  return runCommand('ssh', [...sshOptions(keyring), ...where, commandLine], { input });
}

/** A local socket that `ssh` forwards to the host's Docker socket; whether the host allows it shows on use. */
export async function openTunnel(keyring: Keyring, host: TestHost): Promise<{ socket: string; close(): void }> {
  const socket = join(keyring.dir, `tunnel-${host.name}.sock`);
  const where = [
    '-p',
    String(host.sshPort),
    '-N',
    '-L',
    `${socket}:/var/run/docker.sock`,
    `${host.user}@${host.address}`,
  ];
  const child = spawn('ssh', [...sshOptions(keyring), ...where], { env: toolEnv, stdio: 'ignore' });
  await until(() => existsSync(socket), { what: `a tunnel to ${host.name}`, timeoutMs: 10_000 });
  return { socket, close: () => child.kill() };
}
