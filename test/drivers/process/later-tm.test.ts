import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../../src/drivers/process/process-directory.ts';
import { hostName } from '../../../src/model/names.ts';
import { faultOf, labelsOf, RUN } from '../../contract/processes-contract.ts';
import type { Report } from './crashing-tm.ts';
import { makeRig, never, type Rig, supervisorOf, until } from './rig.ts';

const SLEEPER = 'echo up; while :; do sleep 0.02; done';
let bundles: string;
let bundle: string;

beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'tm-crashing-'));
  await chmod(bundles, 0o755);
  bundle = join(bundles, 'tm.mjs');
  const entry = join(import.meta.dirname, 'crashing-tm.ts');
  await build({
    ...{ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    external: ['execa'],
  });
});
afterAll(() => rm(bundles, { recursive: true, force: true }));

interface OtherTm extends Report {
  readonly child: ChildProcess;
}

async function startTm(rig: Rig, mode: 'stay' | 'leave', scripts: readonly string[], uid?: number): Promise<OtherTm> {
  const child = spawn(process.execPath, [bundle, rig.directory, rig.root, mode, RUN, ...scripts], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as Report) };
}

describe('a tm that comes later', () => {
  it('finds what a killed one left running, learns how the rest ended, and goes on with all of it', async () => {
    const rig = await makeRig();
    const scripts = [SLEEPER, 'echo up; sleep 0.3; exit 11', 'echo again >>out; exit 42'];
    const { child, ids } = await startTm(rig, 'stay', scripts);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ears = await rig.ears();
    await until(async () => (await rig.processes.list(never))[1]?.state === 'exited', 'the end of the second');
    expect(await rig.processes.list(never)).toMatchObject([
      {
        id: ids[0],
        name: 'tm-peer-0',
        state: 'running',
        labels: { ...labelsOf('peer-0'), test: 't', spec: 's', redis: 'r' },
      },
      { id: ids[1], name: 'tm-peer-1', state: 'exited', exitCode: 11 },
      { id: ids[2], name: 'tm-peer-2', state: 'exited', exitCode: 42 },
    ]);
    process.kill(-supervisorOf(ids[0]!), 'SIGTERM');
    expect(await ears.endOf('tm-peer-0')).toMatchObject({ id: ids[0], exitCode: 143 });
    await rig.processes.restart(ids[2]!, never);
    expect(await ears.endOf('tm-peer-2')).toMatchObject({ id: ids[2], exitCode: 42 });
    await Promise.all(ids.map((id) => rig.processes.remove(id, 1_000, never)));
    expect(await rig.processes.list(never)).toEqual([]);
  });

  it('is not kept waiting: a tm that is done leaves while its processes run on', async () => {
    const rig = await makeRig();
    const { child, ids } = await startTm(rig, 'leave', [SLEEPER]);
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect(code).toBe(0);
    expect(await rig.processes.list(never)).toMatchObject([{ id: ids[0], state: 'running' }]);
  });

  it('hears of what another one starts beside it', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const { child, ids } = await startTm(rig, 'stay', ['exit 9', SLEEPER]);
    expect(await ears.endOf('tm-peer-0')).toMatchObject({ id: ids[0], exitCode: 9 });
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('finds them by their environment when the files are gone, and ends them', async () => {
    const rig = await makeRig();
    const id = await rig.run('alice', SLEEPER);
    await rig.run('bob', SLEEPER);
    const ears = await rig.ears();
    await rm(rig.root, { recursive: true });
    const later = rig.connect();
    expect(await later.list(never)).toEqual([
      { id, name: 'tm-alice', labels: labelsOf('alice'), state: 'running' },
      expect.objectContaining({ name: 'tm-bob', state: 'running' }),
    ]);
    expect(await faultOf(later.restart('1@1', never))).toMatchObject({ kind: 'failed' });
    for (const one of await later.list(never)) await later.remove(one.id, 1_000, never);
    expect([await rig.living('alice'), await rig.living('bob'), await later.list(never)]).toEqual([[], [], []]);
    expect(await ears.endOf('tm-alice')).toMatchObject({ id, oomKilled: false });
    // The name is free, and the directory made anew.
    await rig.run('alice', 'echo up; exit 0');
  });

  it('finds those of other directories, and all that their files tell', async () => {
    const rig = await makeRig();
    const other = await makeRig();
    const id = await other.run('far', `trap 'exit 0' TERM; ${SLEEPER}`);
    expect(await rig.processes.list(never)).toMatchObject([{ id, name: 'tm-far', state: 'running' }]);
    await rig.processes.remove(id, 5_000, never);
    expect(await other.processes.list(never)).toEqual([]);
    await other.run('far', SLEEPER);
  });

  it('repairs what a crash left between writing it down and starting it', async () => {
    const rig = await makeRig();
    const record = {
      ...{ name: 'tm-alice', token: 'token', labels: labelsOf('alice'), workingDirectory: rig.directory },
      ...{ command: ['/bin/sh', '-c', 'echo up; exit 8'] as const, environment: { PATH: '/usr/bin:/bin' } },
    };
    await makeDirectory(hostName('h1'), rig.root, record);
    const [alice] = await rig.processes.list(never);
    expect(alice).toMatchObject({ name: 'tm-alice', labels: labelsOf('alice'), state: 'created' });
    const ears = await rig.ears();
    await rig.processes.restart(alice!.id, never);
    expect(await ears.endOf('tm-alice')).toMatchObject({ id: alice!.id, exitCode: 8 });
    await rig.processes.remove(alice!.id, 0, never);
    expect(await rig.processes.list(never)).toEqual([]);
    // Half made, and half removed: neither is a process, and neither is in the way.
    await mkdir(join(rig.root, '.tm-alice'));
    expect(await rig.processes.list(never)).toEqual([]);
    const id = await rig.run('alice', SLEEPER);
    await rename(join(rig.root, 'tm-alice'), join(rig.root, '.tm-alice'));
    expect(await rig.processes.list(never)).toMatchObject([{ id, state: 'running' }]);
    await rig.processes.remove(id, 0, never);
    await rig.run('alice', SLEEPER);
  });

  it.skipIf(process.getuid?.() !== 0)('works without root, and sees its own user’s only', async () => {
    const rig = await makeRig();
    await rig.run('roots', SLEEPER);
    await chmod(rig.directory, 0o777);
    const nobody = 65_534;
    const theirs: Rig = { ...rig, root: join(rig.directory, 'theirs') };
    const { child, ids, listed } = await startTm(theirs, 'stay', [SLEEPER], nobody);
    expect(listed).toEqual(['tm-peer-0']);
    expect(await rig.processes.list(never)).toMatchObject([{ id: ids[0] }, { name: 'tm-roots' }]);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
