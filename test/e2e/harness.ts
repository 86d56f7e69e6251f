import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TmEvent } from '../../src/model/event.ts';
import { buildImage } from '../testbed/build-image.ts';
import { engineRequest } from '../testbed/engine-api.ts';
import type { HostOptions, TestHost } from '../testbed/host.ts';
import { clientBaseImages, type ImageName, provideImage } from '../testbed/images.ts';
import { runCommand } from '../testbed/run-command.ts';
import { startTestbed, type Testbed } from '../testbed/testbed.ts';
import { until } from '../testbed/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TM = join(ROOT, 'dist/tm.js');

/** What a call of `tm` gave. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its start to its end. */
  readonly ms: number;
}

/** A `tm` under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
  /** Everything that it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Waits until what it wrote matches. */
  saw(pattern: RegExp, timeoutMs?: number): Promise<void>;
}

/** A working directory and a home of its own, as a person's shell would have them. */
export interface LocalBench extends AsyncDisposable {
  readonly dir: string;
  /** Writes a config there and gives its path. */
  config(name: string, yaml: string): Promise<string>;
  tm(...args: readonly string[]): Promise<Result>;
  start(...args: readonly string[]): Running;
  /** Journal of the only, or the last, run of a test. */
  journal(test: string): Promise<readonly TmEvent[]>;
  runFile(test: string, file: string): Promise<string>;
}

/** The same on a bed of real hosts. */
export interface Bench extends LocalBench {
  readonly bed: Testbed;
}

/** The same with the images of the reference peers in all four languages, built as a user builds them. */
export async function startBenchWithAllReferencePeers(hosts: number): Promise<Bench> {
  const bench = await startBenchWithReferencePeer(hosts);
  const { dockerHost, dockerSocket } = bench.bed.control;
  const bases = Object.keys(clientBaseImages) as readonly (ImageName & keyof typeof clientBaseImages)[];
  await Promise.all(bases.map((name) => provideImage(dockerSocket, name)));
  await runCommand(join(ROOT, 'scripts/clients/build-images.sh'), ['rust', 'python', 'go'], {
    // BuildKit is a plugin that need not be installed. The rest is what cargo, pip and go are configured with.
    env: { ...process.env, DOCKER_HOST: dockerHost, DOCKER_BUILDKIT: '0', DOCKER_CONFIG: bench.bed.dir },
    timeoutMs: 900_000,
  });
  return bench;
}

/** The same with the image of the reference peer, built from the repository's own Dockerfile. */
export async function startBenchWithReferencePeer(hosts: number): Promise<Bench> {
  const bench = await startBench(hosts);
  const dockerfile = 'examples/peer/Dockerfile';
  await buildImage(bench.bed, { context: ROOT, dockerfile, tag: 'the-mule/reference-peer:1' });
  return bench;
}

export async function startBench(hosts: number | readonly HostOptions[]): Promise<Bench> {
  const bed = await startTestbed({ hosts });
  const local = await startLocalBench({ DOCKER_HOST: bed.control.dockerHost });
  await copyFile(bed.knownHostsPath, join(local.dir, 'home', '.ssh', 'known_hosts'));
  return {
    ...local,
    bed,
    [Symbol.asyncDispose]: async () => {
      await bed.stop();
      await local[Symbol.asyncDispose]();
    },
  };
}

/** A bench for tests whose peers are processes of this machine. */
export async function startLocalBench(environment: NodeJS.ProcessEnv = {}): Promise<LocalBench> {
  const dir = await mkdtemp(join(tmpdir(), 'tm-e2e-'));
  const home = join(dir, 'home');
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  const env = { ...process.env, HOME: home, SSH_AUTH_SOCK: '', NO_COLOR: '1', ...environment };
  const start = (...args: readonly string[]): Running => run(args, dir, env);
  return {
    dir,
    config: async (name, yaml) => {
      const path = join(dir, name);
      await writeFile(path, yaml);
      return path;
    },
    tm: (...args) => start(...args).done,
    start,
    journal: async (test) => {
      const text = await readFile(join(await lastRun(dir, test), 'events.ndjson'), 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as TmEvent);
    },
    runFile: async (test, file) => readFile(join(await lastRun(dir, test), file), 'utf8'),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

async function lastRun(dir: string, test: string): Promise<string> {
  const runs = join(dir, '.tm', test, 'runs');
  const last = (await readdir(runs)).sort().at(-1);
  if (last === undefined) throw new Error(`no run of ${test}`);
  return join(runs, last);
}

function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  const began = performance.now();
  const child = spawn(process.execPath, [TM, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const done = new Promise<Result>((settle, reject) => {
    // No call of tm in a test may hang: what it said until then is the best hint.
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`tm ${args.join(' ')} did not end within 120 s\n${stdout}\n${stderr}`));
    }, 120_000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      settle({ code, stdout, stderr, ms: performance.now() - began });
    });
  });
  return {
    child,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    saw: async (pattern, timeoutMs = 30_000) => {
      const seen = () => pattern.test(stdout + stderr) || child.exitCode !== null;
      await until(seen, { what: String(pattern), timeoutMs }).catch(() => undefined);
      if (!pattern.test(stdout + stderr)) throw new Error(`tm did not write ${pattern}, but:\n${stdout}\n${stderr}`);
    },
  };
}

/** An example with the addresses, keys and images of the bed in the place of those that it shows; nothing else is changed. Gives its path. */
export async function exampleOnBed(bench: Bench, name: string): Promise<string> {
  const { bed } = bench;
  const addresses = ['192.0.2.10', '198.51.100.20', '203.0.113.7'];
  let yaml = await readFile(join(ROOT, 'examples', name), 'utf8');
  addresses.forEach((address, index) => {
    yaml = yaml.replaceAll(address, bed.hosts[index]?.address ?? address);
  });
  yaml = yaml
    .replaceAll('ssh_user: test', `ssh_user: ${bed.hosts[0]?.user}`)
    .replaceAll(/ssh_auth: .*/g, `ssh_auth: ${bed.keyPath}`)
    .replaceAll('redis:7-alpine', bed.images.redis)
    .replaceAll('port: 6399', 'port: 7441')
    .replaceAll('../dist/', `${ROOT}/dist/`);
  return bench.config(name, yaml);
}

/** The `hosts:` of a config for the bed's hosts, over SSH. */
export function hostsYaml(bed: Testbed, extra: (host: TestHost) => string = () => ''): string {
  return bed.hosts
    .map(
      (host) => `  - name: ${host.name}
    address: ${host.address}
    ssh_user: ${host.user}
    ssh_auth: ${bed.keyPath}
    base_port: 11984
${extra(host)}`,
    )
    .join('');
}

/** What really runs, or ran, on a host: asked of its engine without tm. */
async function containersOn(
  socket: string,
): Promise<readonly { readonly name: string; readonly state: string; readonly labels: Record<string, string> }[]> {
  const list = JSON.parse(await engineRequest(socket, '/containers/json?all=1')) as readonly {
    readonly Names: readonly string[];
    readonly State: string;
    readonly Labels: Record<string, string>;
  }[];
  return list.map(({ Names, State, Labels }) => ({ name: Names[0]?.slice(1) ?? '', state: State, labels: Labels }));
}

/** Everything of ours on every engine of the bed. */
export async function everythingOurs(bed: Testbed): Promise<readonly string[]> {
  const sockets = [bed.control.dockerSocket, ...bed.hosts.map((host) => host.dockerSocket)];
  const found = await Promise.all(sockets.map(containersOn));
  return found
    .flat()
    .filter(({ labels }) => 'io.the-mule.test' in labels)
    .map(({ name, state }) => `${name} ${state}`);
}

/** Somebody else's container on a host, without our labels; it may hold a UDP port. Gives its id. */
export async function startForeign(host: TestHost, image: string, name: string, udpPort?: number): Promise<string> {
  const port = `${udpPort}/udp`;
  const ports =
    udpPort === undefined
      ? {}
      : { ExposedPorts: { [port]: {} }, HostConfig: { PortBindings: { [port]: [{ HostPort: String(udpPort) }] } } };
  const body = { Image: image, Entrypoint: ['sleep', '600'], ...ports };
  const created = await engineRequest(host.dockerSocket, `/containers/create?name=${name}`, { method: 'POST', body });
  const { Id } = JSON.parse(created) as { readonly Id: string };
  await engineRequest(host.dockerSocket, `/containers/${Id}/start`, { method: 'POST' });
  return Id;
}

/** Removes it again; gives whether it was still running. */
export async function endForeign(host: TestHost, id: string): Promise<boolean> {
  const text = await engineRequest(host.dockerSocket, `/containers/${id}/json`);
  await engineRequest(host.dockerSocket, `/containers/${id}?force=1`, { method: 'DELETE' });
  return (JSON.parse(text) as { readonly State: { readonly Running: boolean } }).State.Running;
}
