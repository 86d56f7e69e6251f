import { describe, expect, it } from 'vitest';
import { makeRig, never, type Rig, supervisorOf, until } from './rig.ts';

/** The program that the supervisor started. */
async function programOf(rig: Rig, peer: string, id: string): Promise<number> {
  const pid = /pid (\d+)/.exec(await rig.output(id))?.[1];
  if (pid === undefined) throw new Error(`${peer} did not say its pid`);
  return Number(pid);
}

const SLEEPER = 'echo pid $$; echo up; while :; do sleep 0.02; done';

describe('a process that is signalled', () => {
  it('ends with 128 and the signal’s number, and is heard at once', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    for (const [signal, code] of [
      ['SIGKILL', 137],
      ['SIGTERM', 143],
      ['SIGSEGV', 139],
      ['SIGINT', 130],
    ] as const) {
      const id = await rig.run(signal, SLEEPER);
      const program = await programOf(rig, signal, id);
      const began = performance.now();
      process.kill(program, signal);
      expect(await ears.endOf(`tm-${signal}`)).toMatchObject({ id, exitCode: code });
      expect(performance.now() - began).toBeLessThan(3_000);
    }
  });

  it('is heard within a second when its supervisor is killed with it, as killed', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', SLEEPER);
    const began = performance.now();
    process.kill(-supervisorOf(id), 'SIGKILL');
    expect(await ears.endOf('tm-alice')).toMatchObject({ id, exitCode: 137 });
    expect(performance.now() - began).toBeLessThan(3_000);
    // A later tm is told the same.
    expect(await rig.connect().list(never)).toMatchObject([{ id, state: 'exited', exitCode: 137 }]);
  });

  it('is listed as ended with nobody knowing how, when both were killed and nobody listened', async () => {
    const rig = await makeRig();
    const id = await rig.run('alice', SLEEPER);
    process.kill(-supervisorOf(id), 'SIGKILL');
    await until(async () => (await rig.living('alice')).length === 0);
    const [alice] = await rig.processes.list(never);
    expect(alice).toMatchObject({ id, state: 'exited' });
    expect(alice).not.toHaveProperty('exitCode');
    await rig.processes.restart(id, never);
    expect(await rig.processes.list(never)).toMatchObject([{ id, state: 'running' }]);
  });

  it('goes on when only its supervisor is killed, and then ends without a code', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', `${SLEEPER} & wait; exit 3`);
    const program = await programOf(rig, 'alice', id);
    process.kill(supervisorOf(id), 'SIGKILL');
    await until(async () => !(await rig.living('alice')).includes(supervisorOf(id)));
    expect(await rig.connect().list(never)).toMatchObject([{ id, name: 'tm-alice', state: 'running' }]);
    // Two of the regular looks, at which it is not to be taken for dead.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(ears.heard).toEqual([]);
    // The program last; the rest comes and goes.
    for (const pid of [...(await rig.living('alice')).filter((one) => one !== program), program]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
    const end = await ears.endOf('tm-alice');
    expect(end).toMatchObject({ id });
    expect(end).not.toHaveProperty('exitCode');
  });

  it('is removed though its supervisor is gone', async () => {
    const rig = await makeRig();
    const id = await rig.run('alice', `trap 'echo asked; exit 0' TERM; ${SLEEPER}`);
    process.kill(supervisorOf(id), 'SIGKILL');
    await rig.processes.remove(id, 10_000, never);
    expect(await rig.living('alice')).toEqual([]);
    expect(await rig.processes.list(never)).toEqual([]);
  });

  it('gets a SIGTERM that was meant for its supervisor, once, and its own code counts', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', `trap 'echo asked; n=x$n; [ $n = xx ] && exit 5' TERM; ${SLEEPER}`);
    process.kill(supervisorOf(id), 'SIGTERM');
    await until(async () => (await rig.output(id)).includes('asked'));
    expect(ears.heard).toEqual([]);
    process.kill(supervisorOf(id), 'SIGTERM');
    expect(await ears.endOf('tm-alice')).toMatchObject({ exitCode: 5 });
    expect((await rig.output(id)).match(/asked/g)).toHaveLength(2);
  });

  it('keeps its own exit code through a storm of signals at its supervisor', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', "trap '' TERM; echo up; sleep 0.3; exit 127");
    for (let i = 0; i < 20; i++) {
      for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGINT'] as const) process.kill(supervisorOf(id), signal);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await ears.endOf('tm-alice')).toMatchObject({ exitCode: 127 });
  });

  it('is asked to end once, and not its supervisor', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', `trap 'echo asked; sleep 0.3; exit 6' TERM; ${SLEEPER}`);
    const log: string[] = [];
    const reading = (async () => {
      while (ears.heard.length === 0) {
        log.push(await rig.output(id).catch(() => ''));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    await rig.processes.remove(id, 10_000, never);
    await reading;
    expect(await ears.endOf('tm-alice')).toMatchObject({ exitCode: 6 });
    const longest = log.reduce((a, b) => (b.length > a.length ? b : a));
    expect(longest.match(/asked/g)).toHaveLength(1);
  });

  it('is never somebody who got its pid', async () => {
    const rig = await makeRig();
    const { writeFile, readFile } = await import('node:fs/promises');
    const id = await rig.run('alice', 'echo up; exit 0');
    await until(async () => (await rig.processes.list(never))[0]?.state === 'exited');
    const stranger = await rig.run('stranger', SLEEPER);
    const file = `${rig.root}/tm-alice/supervisor.json`;
    const supervisor = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...supervisor, pid: supervisorOf(stranger) }));
    const ears = await rig.ears();
    expect(await rig.processes.list(never)).toMatchObject([
      { id, state: 'exited' },
      { id: stranger, state: 'running' },
    ]);
    await rig.processes.remove(id, 1_000, never);
    expect(await rig.processes.list(never)).toMatchObject([{ id: stranger, state: 'running' }]);
    expect(ears.heard).toEqual([]);
  });
});
