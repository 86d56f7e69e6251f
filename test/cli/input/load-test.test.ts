import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loadCells, loadTest } from '../../../src/cli/input/load-test.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tm-load-'));
  onTestFinished(() => rm(directory, { recursive: true }));
});

const CONFIG = `name: smoke-\${{ vars.size }}
vars: { greeting: "hello \${{ env.WHO }}" }
matrix: { size: [1, 2], t: [tcp, quic] }
redis: { runtime: process, port: 6399 }
hosts: [{ name: here, address: localhost, runtime: process }]
peers: [{ name: w, replicas: "\${{ vars.size }}", command: [./w, "\${{ vars.t }}"] }]
commands: [{ time: 0, peer: "w-*", command: "\${{ vars.greeting }}" }]
`;

const write = async (yaml: string): Promise<string> => {
  const path = join(directory, 'c.yaml');
  await writeFile(path, yaml);
  return path;
};

const environment = { WHO: 'you' };

describe('a config with a matrix', () => {
  test('is loaded in every combination', async () => {
    const { tests, faults } = await loadCells(await write(CONFIG), { vars: [] }, { environment });
    expect(faults).toEqual([]);
    expect(tests?.map(({ cell, desired }) => [cell.name, desired.spec.test, desired.peers.length])).toEqual([
      ['size=1 t=tcp', 'smoke-1', 1],
      ['size=1 t=quic', 'smoke-1', 1],
      ['size=2 t=tcp', 'smoke-2', 2],
      ['size=2 t=quic', 'smoke-2', 2],
    ]);
    expect(tests?.[3]?.desired.spec.commands.map(({ command }) => command)).toEqual(['hello you', 'hello you']);
  });

  test('has none to run where one of them has a fault', async () => {
    const { tests, faults } = await loadCells(
      await write(CONFIG.replace('[1, 2]', '[1, 0]')),
      { vars: [] },
      { environment },
    );
    expect(tests).toBeUndefined();
    expect(faults.map(({ message }) => message)).toEqual([
      'a number of peers from 1 to 10000 is wanted here, not 0 (with size=0 t=tcp, and with size=0 t=quic)',
    ]);
  });

  test('takes vars from the command line, and the first combination where one is enough', async () => {
    const vars = [
      ['size', '3'],
      ['greeting', 'hi'],
    ] as const;
    const { cell, desired } = await loadTest(await write(CONFIG), { vars }, { environment: {} });
    expect(cell.name).toBe('size=3 t=tcp');
    expect(desired?.spec).toMatchObject({ test: 'smoke-3', vars: { size: '3', t: 'tcp', greeting: 'hi' } });
    expect(desired?.peers).toHaveLength(3);
  });
});

describe('--var', () => {
  test('of a name that the config does not have is refused, with what may be meant', async () => {
    const path = await write(CONFIG);
    await expect(loadTest(path, { vars: [['siez', '3']] }, { environment })).rejects.toMatchObject({
      fault: {
        kind: 'usage',
        message: expect.stringMatching(/has no var "siez"$/),
        hint: 'did you mean --var size=…?',
      },
    });
    await expect(loadCells(path, { vars: [['xyz', '3']] }, { environment })).rejects.toMatchObject({
      fault: { kind: 'usage', hint: 'there are size, t, greeting' },
    });
  });

  test('says nothing beside a file that cannot be read as YAML', async () => {
    const { faults, desired } = await loadTest(await write('a: "b\n'), { vars: [['x', '1']] }, { environment });
    expect(desired).toBeUndefined();
    expect(faults.map(({ code }) => code)).toEqual(['syntax']);
  });
});

test('secrets come along, and are in nothing that is shown', async () => {
  const path = await write(CONFIG.replace('env.WHO', 'env.API_TOKEN'));
  const loaded = await loadTest(path, { vars: [] }, { environment: { API_TOKEN: 'tok-12345' } });
  expect(loaded.secrets.map((secret) => secret.reveal())).toEqual(['tok-12345']);
  expect(loaded.spec?.vars['greeting']).toBe('hello [redacted]');
});
