import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { commandLineOf } from './processes.ts';
import { runCommand } from './run-command.ts';
import { slotOf } from './slot.ts';

/** What of a testbed can be found on this machine: one line each for processes, interfaces, mounts, rules and cgroups. */
export async function tracesOf(dir: string): Promise<readonly string[]> {
  const { index, mark } = slotOf(Number(basename(dir)));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map(commandLineOf));
  const links = await runCommand('ip', ['-oneline', 'link']);
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const rules = await runCommand('iptables-save', []);
  const groups = await runCommand('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', mark]);
  const found = (kind: string, lines: readonly string[], needle: string): string[] =>
    lines.filter((line) => line.includes(needle)).map((line) => `${kind}: ${line}`);
  return [
    ...found('process', processes, `${dir}/`),
    ...found('interface', links.split('\n'), ` tm${index}-`),
    ...found('mount', mounts.split('\n'), `${dir}/`),
    ...found('rule', rules.split('\n'), mark),
    ...found('cgroup', groups.split('\n'), mark),
  ];
}
