import { loadText } from './load-text.ts';

/** A config with some peers, these commands and these expectations, each as the inside of a map. Line 8 is the first command. */
export function timelineText(commands: readonly string[], expected: readonly string[] = []): string {
  return [
    'name: t',
    'redis: { port: 6399, image: redis }',
    'hosts: [{ address: h, tags: [gpu] }]',
    'peers:',
    '  - { name: alice, image: i }',
    '  - { name: bob, image: i }',
    '  - { name: worker-10, image: i, runs_on: gpu }',
    '  - { name: worker-2, image: i, runs_on: [gpu] }',
    commands.length === 0 ? 'commands: []' : 'commands:',
    ...commands.map((command) => `  - { ${command} }`),
    expected.length === 0 ? 'expect:' : 'expect:',
    ...expected.map((one) => `  - { ${one} }`),
    '',
  ].join('\n');
}

/** The commands and expectations of such a config; throws where it has an error. */
export async function compiled(commands: readonly string[], expected: readonly string[] = []) {
  const { spec, faults } = await loadText(timelineText(commands, expected));
  if (spec === undefined) throw new Error(faults.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return spec;
}
