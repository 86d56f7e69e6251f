import { readFile } from 'node:fs/promises';
import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { STARTER } from '../../src/config/starter.generated.ts';
import type { Spec } from '../../src/model/spec.ts';
import { place } from '../../src/plan/place.ts';
import { renderConfigFaults } from '../../src/views/fault/render-config-faults.ts';
import { loadText } from './load-text.ts';

const placed = (fleet: Pick<Spec, 'hosts' | 'peers'>) => {
  const placement = place(fleet as Spec);
  return placement.kind === 'placed' ? placement.peers : [];
};

it('examples/broken.yaml has six mistakes of six kinds, and each is shown', async () => {
  const { spec, faults } = await loadConfig(await readFile('examples/broken.yaml'), 'examples/broken.yaml', {
    place: placed,
  });
  expect(spec).toBeUndefined();
  expect(new Set(faults.map(({ code }) => code)).size).toBe(6);
  expect(renderConfigFaults(faults, { color: new Chalk({ level: 0 }) })).toMatchInlineSnapshot(`
    "examples/broken.yaml:17:16 a port from 1 to 65535 is wanted here, this is text
       17 │     base_port: "12000"
          │                ^^^^^^^ write 12000 without the quotes
    examples/broken.yaml:28:17 unknown peer "alcie" in bootstrap
       28 │     bootstrap: [alcie, bob]
          │                 ^^^^^ did you mean "alice"?
    examples/broken.yaml:29:11 duplicate peer name "bob"
       29 │   - name: bob
          │           ^^^ the first is on line 23: give this one another name
    examples/broken.yaml:33:14 no host has the tag amr, which eve asks for
       33 │     runs_on: amr
          │              ^^^ did you mean "arm"?
    examples/broken.yaml:38:7 unknown key "tiem" in a command
       38 │   - { tiem: 2, peer: charlie, command: connect }
          │       ^^^^ did you mean "time"?
    examples/broken.yaml:39:13 a number of seconds from 0 to 31536000 (a year) is wanted here, not -3
       39 │   - { time: -3, peer: eve, command: connect }
          │             ^^ the least is 0
    6 faults, nothing was touched"
  `);
});

it('the starter has no faults, and runs on this machine alone with processes', async () => {
  const { spec, faults } = await loadText(STARTER, { place: placed });
  expect(faults).toEqual([]);
  expect(spec?.redis.runtime).toEqual({ kind: 'process' });
  expect(spec?.hosts).toMatchObject([{ connection: { kind: 'local' }, runtime: { kind: 'process' } }]);
  expect(spec?.peers.map(({ command }) => command?.slice(0, 2))).toEqual([
    ['sh', '-c'],
    ['sh', '-c'],
  ]);
  expect(STARTER.split('\n')[0]).toBe(
    '# yaml-language-server: $schema=./node_modules/the-mule/schemas/test-config.schema.json',
  );
});
