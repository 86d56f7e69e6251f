import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/lib/secret.ts';
import type { Workload } from '../../../src/model/desired.ts';
import { imageRef } from '../../../src/model/names.ts';
import { Ears, faultOf, orderOf, RUN } from '../../contract/processes-contract.ts';
import { shellWorkload } from '../../contract/processes-shell.ts';
import { makeRig, never, supervisorOf } from './rig.ts';

describe('starting a process', () => {
  it('says at once what cannot be started, and leaves nothing', async () => {
    const rig = await makeRig();
    const at = (file: string): string => join(rig.directory, file);
    await writeFile(at('data'), 'no program');
    await mkdir(at('folder'));
    const workload = (...command: string[]): Workload => ({
      ...{ kind: 'process', command, workingDirectory: rig.directory, environment: {} },
    });
    const container: Workload = {
      kind: 'container',
      image: imageRef('peer:1'),
      environment: {},
      ports: [],
      volumes: [],
    };
    const broken: Record<string, Workload> = {
      'no program on the PATH': workload('no-such-program', 'x'),
      'no file': workload('./no-such-file'),
      'a directory': workload('./folder'),
      'no permission': workload('./data'),
      'no permission, by its name alone': workload('data'),
      'an empty command': workload(),
      'no working directory': { ...workload('sh'), workingDirectory: at('nowhere') } as Workload,
      'a working directory that is a file': { ...workload('sh'), workingDirectory: at('data') } as Workload,
      'a container': container,
      'a name that shells drop': { ...workload('sh'), environment: { 'app.mode': 'x' } } as Workload,
      'a name that shells take': { ...workload('sh'), environment: { IFS: 'x' } } as Workload,
      'a NUL': { ...workload('sh'), environment: { KEY: 'a\0b' } } as Workload,
    };
    const faults: Record<string, string> = {};
    for (const [what, broke] of Object.entries(broken)) {
      const fault = await faultOf(rig.processes.run(orderOf('alice', broke), never));
      faults[what] = `${fault.message}\n  ${fault.hint}`.replaceAll(rig.directory, '/tests');
      expect(fault).toMatchObject({ kind: 'failed', host: 'h1' });
    }
    expect(faults).toMatchInlineSnapshot(`
      {
        "a NUL": "tm-alice cannot get the variable "KEY": its value holds a NUL character
        leave that out: no process can be given one",
        "a container": "tm-alice is a container, and h1 runs processes
        give the peer a command, or the host a container engine",
        "a directory": "/tests/folder is a directory, not a program
        name the program in it",
        "a name that shells drop": "tm-alice cannot get the variable "app.mode": shells drop such names
        a local process can have names of letters, digits and _",
        "a name that shells take": "tm-alice cannot get the variable "IFS": the shell that starts it uses that one itself
        give it another name",
        "a working directory that is a file": "there is no directory /tests/data to run the peer in
        run the test from where its files are",
        "an empty command": "the command of the peer is empty
        name a program in the peer’s command",
        "no file": "there is no program /tests/no-such-file
        build it, or correct the path in the peer’s command",
        "no permission": "/tests/data may not be executed
        chmod +x '/tests/data'",
        "no permission, by its name alone": "/tests/data may not be executed
        chmod +x '/tests/data'",
        "no program on the PATH": "there is no program "no-such-program" on the PATH or in /tests
        install it, or give its path in the peer’s command",
        "no working directory": "there is no directory /tests/nowhere to run the peer in
        run the test from where its files are",
      }
    `);
    expect(await rig.processes.list(never)).toEqual([]);
    expect(await readdir(rig.directory)).toEqual(['data', 'folder']);
  });

  it('finds a program by path, on the peer’s own PATH, and beside the config file', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    await mkdir(join(rig.directory, 'bin'));
    const script = '#!/bin/sh\necho "$0 $*"\nexit 0\n';
    for (const file of ['bin/on-path', 'beside']) await writeFile(join(rig.directory, file), script);
    await chmod(join(rig.directory, 'bin/on-path'), 0o755);
    await chmod(join(rig.directory, 'beside'), 0o755);
    await symlink('beside', join(rig.directory, 'linked'));
    const environment = { PATH: `nowhere:${join(rig.directory, 'bin')}:/usr/bin:/bin` };
    const seen: string[] = [];
    for (const [n, program] of ['on-path', 'beside', './beside', 'bin/on-path', './linked', '/bin/echo'].entries()) {
      const command = [program, 'a b', '', '$HOME', '"', "'", '*', '-n'];
      const workload: Workload = { kind: 'process', command, workingDirectory: rig.directory, environment };
      const id = await rig.processes.run(orderOf(`p${n}`, workload), never);
      expect(await ears.endOf(`tm-p${n}`)).toMatchObject({ exitCode: 0 });
      seen.push((await rig.output(id)).replaceAll(rig.directory, '/tests'));
    }
    const args = `a b  $HOME " ' * -n\n`;
    expect(seen).toEqual([
      `/tests/bin/on-path ${args}`,
      `/tests/beside ${args}`,
      `/tests/beside ${args}`,
      `/tests/bin/on-path ${args}`,
      `/tests/linked ${args}`,
      args,
    ]);
  });

  it('gives it its environment, ours, and little of tm’s', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    process.env['TM_TEST_UNRELATED'] = 'of the user';
    const workload = {
      ...shellWorkload('env -0', rig.directory),
      environment: { EMPTY: '', code: '7', HOME: '/peer' },
    };
    const id = await rig.processes.run(orderOf('alice', workload as Workload), never);
    await ears.endOf('tm-alice');
    const given = Object.fromEntries((await rig.output(id)).split('\0').map((line) => line.split(/=(.*)/s, 2)));
    delete process.env['TM_TEST_UNRELATED'];
    expect(given).toMatchObject({
      ...{ EMPTY: '', code: '7', HOME: '/peer', PATH: process.env['PATH'], PEER_NAME: 'alice' },
      ...{ IO_THE_MULE_PEER: 'alice', IO_THE_MULE_RUN: RUN, IO_THE_MULE_SPEC: 'spec-digest' },
      TM_DELAY_FILE: join(rig.root, 'tm-alice', 'delay'),
    });
    expect(given).not.toHaveProperty('TM_TEST_UNRELATED');
    expect(given).not.toHaveProperty('NODE_ENV');
  });

  it('shows its secrets to nobody', async () => {
    const rig = await makeRig();
    const before = process.umask(0);
    const order = orderOf('alice', shellWorkload('echo up; while :; do sleep 0.02; done', rig.directory));
    const id = await rig.processes.run({ ...order, runEnvironment: { PASSWORD: new Secret('xyzzy-1234') } }, never);
    process.umask(before);
    const commands: string[] = [];
    for (const pid of await readdir('/proc')) {
      if (/^\d+$/.test(pid)) commands.push(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    }
    expect(commands.filter((command) => command.includes('tm-alice'))).not.toEqual([]);
    expect(commands.filter((command) => command.includes('xyzzy-1234'))).toEqual([]);
    const modes: Record<string, string> = {};
    for (const entry of await readdir(rig.directory, { recursive: true })) {
      modes[entry] = ((await stat(join(rig.directory, entry))).mode & 0o777).toString(8);
    }
    expect(modes).toEqual({
      processes: '700',
      'processes/exits': '700',
      'processes/tm-alice': '700',
      'processes/tm-alice/output.log': '600',
      'processes/tm-alice/process.json': '600',
      'processes/tm-alice/supervisor.json': '600',
    });
    expect(JSON.stringify(await rig.processes.list(never))).not.toContain('xyzzy');
    await rig.processes.restart(id, never);
  });

  it('starts it again with the same environment, and without the delay of last time', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const script = 'env -0 >"env-$(ls | grep -c env-)"; [ -e env-1 ] || echo 2.5 >"$TM_DELAY_FILE"; exit 42';
    const id = await rig.run('alice', script);
    await ears.endOf('tm-alice');
    expect(await rig.processes.restartDelay(id, never)).toBe(2.5);
    await rig.processes.restart(id, never);
    await ears.endOf('tm-alice', 2);
    expect(await rig.processes.restartDelay(id, never)).toBeUndefined();
    const variables = async (file: string): Promise<string[]> =>
      (await readFile(join(rig.directory, file), 'utf8')).split('\0').sort();
    expect(await variables('env-1')).toEqual(await variables('env-0'));
    for (const nonsense of ['', 'soon', '-1', 'NaN', 'Infinity']) {
      await writeFile(join(rig.root, 'tm-alice', 'delay'), nonsense);
      expect(await rig.processes.restartDelay(id, never)).toBeUndefined();
    }
  });

  it('keeps stdout and stderr in the order in which they were written', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', 'for n in 1 2 3 4 5 6 7 8 9; do echo out $n; echo err $n >&2; done; exit 0');
    await ears.endOf('tm-alice');
    const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `out ${n}\nerr ${n}\n`);
    expect(await rig.output(id)).toBe(lines.join(''));
  });

  it('starts fifty at once, hears all of their ends, and removes them', async () => {
    const rig = await makeRig();
    const ears = await Ears.open(rig.connect());
    const peers = Array.from({ length: 50 }, (_, n) => `p${n}`);
    const script = (n: number): string =>
      n % 2 === 0 ? `exit ${n}` : 'trap "exit 0" TERM; while :; do sleep 0.1; done';
    const ids = await Promise.all(
      peers.map((peer, n) => rig.processes.run(orderOf(peer, shellWorkload(script(n), rig.directory)), never)),
    );
    expect(new Set(ids.map(supervisorOf)).size).toBe(50);
    for (let n = 0; n < 50; n += 2) expect(await ears.endOf(`tm-p${n}`)).toMatchObject({ id: ids[n], exitCode: n });
    const states = (await rig.processes.list(never)).map(({ state }) => state);
    expect([states.filter((s) => s === 'running').length, states.filter((s) => s === 'exited').length]).toEqual([
      25, 25,
    ]);
    await Promise.all(ids.map((id) => rig.processes.remove(id, 10_000, never)));
    expect(await rig.processes.list(never)).toEqual([]);
    expect(await readdir(rig.root)).toEqual(['exits']);
    await ears.close();
  });
});
