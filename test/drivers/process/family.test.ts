import { describe, expect, it } from 'vitest';
import { livingWith, makeRig, never, until } from './rig.ts';

const hasUtility = async (name: string): Promise<boolean> => {
  const { execa } = await import('execa');
  return (await execa('sh', ['-c', `command -v ${name}`], { reject: false })).exitCode === 0;
};

describe('what a process starts', () => {
  it('ends with it when it ends by itself, as in a container', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    await rig.run(
      'alice',
      'sleep 300 & (sleep 300 &) ; sh -c "trap : TERM HUP; while :; do sleep 0.1; done" & echo up; exit 4',
    );
    expect(await ears.endOf('tm-alice')).toMatchObject({ exitCode: 4 });
    await until(async () => (await rig.living('alice')).length === 0, 'the end of all of them');
  });

  it('is gone when it is removed: children, orphans, those without its environment, those in sessions of their own', async () => {
    const rig = await makeRig();
    const id = await rig.run(
      'alice',
      [
        "trap '' TERM",
        'sleep 300 &',
        '(sh -c "trap \\"\\" TERM; while :; do sleep 0.1; done" &)',
        'env -i MARK=without sleep 300 &',
        'setsid sh -c "trap \\"\\" TERM; while :; do sleep 0.1; done" &',
        'sleep 0.2; echo up',
        'while :; do sleep 0.1; done',
      ].join('\n'),
    );
    expect((await rig.living('alice')).length).toBeGreaterThanOrEqual(5);
    expect(await livingWith('\0MARK=without')).toHaveLength(1);
    await rig.processes.remove(id, 200, never);
    expect(await rig.living('alice')).toEqual([]);
    expect(await livingWith('\0MARK=without')).toEqual([]);
  });

  it('has its grace, too, when the program goes first', async () => {
    const rig = await makeRig();
    const child = `sh -c 'trap "sleep 0.4; echo tidied >${rig.directory}/tidied; exit 0" TERM; echo up; while :; do sleep 0.02; done'`;
    const id = await rig.run('alice', `${child} & wait`);
    await rig.processes.remove(id, 10_000, never);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(`${rig.directory}/tidied`, 'utf8')).toBe('tidied\n');
    expect(await rig.living('alice')).toEqual([]);
  });

  it('that escaped its end is ended before it is started again, and with its removal', async () => {
    if (!(await hasUtility('setsid'))) return;
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run('alice', 'setsid sleep 300 & sleep 0.2; echo up; exit 42');
    await ears.endOf('tm-alice');
    await until(async () => (await rig.living('alice')).length === 1, 'the escaped one alone');
    const [escaped] = await rig.living('alice');
    expect(await rig.processes.list(never)).toMatchObject([{ id, state: 'exited', exitCode: 42 }]);
    await rig.processes.restart(id, never);
    await ears.endOf('tm-alice', 2);
    expect(await rig.living('alice')).not.toContain(escaped);
    await rig.processes.remove(id, 0, never);
    expect(await rig.living('alice')).toEqual([]);
  });

  it('is started as from a terminal’s shell: own session, nothing to read, signals as usual', async () => {
    const rig = await makeRig();
    const ears = await rig.ears();
    const id = await rig.run(
      'alice',
      'cat; grep -E "^Sig(Blk|Ign):" /proc/self/status; ls -l /proc/self/fd | sed -n "s/.* \\([0-9]*\\) -> /\\1 /p" | grep -v "/proc/"; exit 0',
    );
    await ears.endOf('tm-alice');
    const log = `${rig.root}/tm-alice/output.log`;
    const lines = (await rig.output(id)).split('\n');
    expect(lines[0]).toBe('SigBlk:\t0000000000000000');
    // SIGINT (2) and SIGQUIT (4) are what a shell would have its background jobs ignore.
    expect(Number.parseInt(lines[1]!.slice('SigIgn:\t'.length), 16) & 0b110).toBe(0);
    expect(lines.slice(2).filter((line) => !line.includes('pipe:'))).toEqual(['0 /dev/null', `2 ${log}`, '']);
  });
});
