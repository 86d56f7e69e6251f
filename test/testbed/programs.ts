import { runCommand } from './run-command.ts';

const needed = [
  ...['dockerd', 'docker', 'iptables', 'ip', 'sshd', 'ssh', 'ssh-keygen', 'redis-server', 'redis-cli'],
  ...['busybox', 'unshare', 'nsenter', 'flock', 'tar'],
];

/** The full path of a program in this machine's PATH; rejects when there is none. */
export async function findProgram(name: string): Promise<string> {
  return (await runCommand('sh', ['-c', 'command -v "$1"', 'sh', name])).trim();
}

/** Rejects, and says what to do, where the testbed cannot run. */
export async function requirePrograms(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('the testbed makes network namespaces and runs dockerd: it needs Linux, and to be run as root');
  }
  const found = await Promise.allSettled(needed.map(findProgram));
  const missing = needed.filter((_, index) => found[index]?.status === 'rejected');
  if (missing.length === 0) return;
  throw new Error(`the testbed misses ${missing.join(', ')}; scripts/setup/install-packages.sh installs what it needs`);
}
