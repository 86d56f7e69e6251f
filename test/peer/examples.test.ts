import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Config {
  readonly name: string;
  readonly hosts: readonly { readonly tags?: readonly string[] }[];
  readonly peers: readonly { readonly name: string; readonly bootstrap?: readonly string[] }[];
  readonly commands: readonly { readonly time: number; readonly peer: string }[];
}

const here = (path: string) => new URL(`../../${path}`, import.meta.url);
const EXAMPLES = ['local-5peer', 'one-peer', 'five-peers-one-host', 'five-peers-three-hosts'];

it.each(EXAMPLES)('examples/%s.yaml is valid by the schema that its first line names', async (name) => {
  const text = await readFile(here(`examples/${name}.yaml`), 'utf8');
  const [, schemaFile] = /^# yaml-language-server: \$schema=\.\.\/(\S+)\n/.exec(text) ?? [];
  const schema = JSON.parse(await readFile(here(schemaFile!), 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const config: unknown = parse(text);
  validate(config);
  expect(validate.errors ?? []).toEqual([]);
});

it.each(EXAMPLES)(
  'examples/%s.yaml is named like its file, and speaks of its own peers, in time order',
  async (name) => {
    const config = parse(await readFile(here(`examples/${name}.yaml`), 'utf8')) as Config;
    const peers = config.peers.map((peer) => peer.name);
    expect(config.name).toBe(name);
    expect(new Set(peers).size).toBe(peers.length);
    for (const { bootstrap = [] } of config.peers) expect(peers).toEqual(expect.arrayContaining([...bootstrap]));
    const commanded = new Set(config.commands.map((command) => command.peer));
    expect([...commanded].sort()).toEqual([...peers].sort());
    const times = config.commands.map((command) => command.time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  },
);
