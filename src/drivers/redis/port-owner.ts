import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { execa } from 'execa';
import { TmError } from '../../model/fault.ts';

/** Whether something of this machine takes connections on this TCP port of the loopback address. */
export function isPortTaken(port: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, signal, timeout: 2_000 });
    const done = (taken: boolean) => () => {
      socket.destroy();
      resolve(taken);
    };
    socket.on('connect', done(true)).on('error', done(false)).on('timeout', done(true));
  });
}

/** Who listens on a TCP port of this machine: `nginx (process 812)`, or words for somebody whom the system does not show. */
export async function portOwner(port: number): Promise<string> {
  const found = process.platform === 'linux' ? await fromProc(port) : await fromLsof(port);
  return found === undefined ? 'another program' : `${found.name} (process ${found.pid})`;
}

/** The fault of a managed Redis whose port is somebody else's. */
export function portConflict(port: number, owner: string): TmError {
  const redis = /redis|valkey/.test(owner) ? `; or use it: --redis-url redis://127.0.0.1:${port}` : '';
  return new TmError({
    kind: 'conflict',
    message: `port ${port}, which this test's Redis is to have, is taken by ${owner}`,
    hint: `stop that, or give redis.port another value${redis}`,
  });
}

interface Owner {
  readonly pid: string;
  readonly name: string;
}

async function fromProc(port: number): Promise<Owner | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'latin1').catch(() => '')),
  );
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set(
    tables
      .join('\n')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      // The second field is the local address, the fourth the state (0A: it listens), the tenth the socket.
      .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (!targets.some((target) => inodes.has(target))) continue;
    return { pid, name: (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program')).trim() };
  }
  return undefined;
}

async function fromLsof(port: number): Promise<Owner | undefined> {
  const { stdout } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    reject: false,
    timeout: 5_000,
  });
  const [, pid] = /^p(\d+)$/m.exec(stdout ?? '') ?? [];
  const [, name] = /^c(.+)$/m.exec(stdout ?? '') ?? [];
  return pid === undefined || name === undefined ? undefined : { pid, name };
}
