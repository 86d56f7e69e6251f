import { readFile, writeFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';
import type { Slot } from './slot.ts';

/**
 * The control machine's side: a bridge for the hosts, one for the containers of the control machine's own engine, and
 * firewall rules that let both through whatever the machine's policy is. Each rule carries the slot's mark.
 */
export async function makeNetwork(slot: Slot): Promise<void> {
  // Left to itself, a bridge takes the lowest hardware address among its ports. That changes as containers come and go, and
  // the others send to the old one for seconds.
  const hardware = `02:74:6d:00:0${slot.index}`;
  await ipBatch([
    `link add ${slot.bridge} address ${hardware}:01 type bridge`,
    `addr add ${slot.controlAddress}/24 dev ${slot.bridge}`,
    `link set ${slot.bridge} up`,
    `link add ${slot.engineBridge} address ${hardware}:02 type bridge`,
    `addr add ${slot.engineAddress}/24 dev ${slot.engineBridge}`,
    `link set ${slot.engineBridge} up`,
  ]);
  // For these two only, and gone with them: the machine's own ip_forward stays as it is.
  for (const bridge of [slot.bridge, slot.engineBridge]) {
    await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/forwarding`, '1');
  }
  const marked = ['-m', 'comment', '--comment', slot.mark];
  for (const bridge of [slot.bridge, slot.engineBridge]) {
    await iptables(['-I', 'INPUT', '-i', bridge, ...marked, '-j', 'ACCEPT']);
    await iptables(['-I', 'FORWARD', '-i', bridge, ...marked, '-j', 'ACCEPT']);
    await iptables(['-I', 'FORWARD', '-o', bridge, ...marked, '-j', 'ACCEPT']);
  }
}

/** The cable of a host: one end on the bridge, the other is `eth0` in the namespace of process `pid`. */
export async function plugIn(slot: Slot, host: number, pid: number): Promise<void> {
  await ipBatch([
    `link add ${slot.veth(host)} type veth peer name eth0 netns ${pid}`,
    `link set ${slot.veth(host)} master ${slot.bridge} up`,
  ]);
  await ipBatch(
    [
      'link set lo up',
      `addr add ${slot.hostAddress(host)}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${slot.controlAddress}`,
    ],
    ['nsenter', '--target', String(pid), '--net', '--'],
  );
}

/** `up: false` is a pulled cable: packets vanish, nothing is refused, and open connections hang. */
export async function setCable(slot: Slot, host: number, up: boolean): Promise<void> {
  await ipBatch([`link set ${slot.veth(host)} ${up ? 'up' : 'down'}`]);
}

/** Removes what carries the slot's names or its mark; what is not there is fine. */
export async function removeNetwork(slot: Slot): Promise<void> {
  const ours = new RegExp(`^tm${slot.index}-`);
  for (const name of (await interfaceNames()).filter((each) => ours.test(each))) {
    // A cable goes by itself, a moment after its namespace, and may be gone by now.
    await runCommand('ip', ['link', 'delete', name]).catch((error) => {
      if (!/Cannot find device/.test(String(error))) throw error;
    });
  }
  const saved = await runCommand('iptables-save', ['-t', 'filter']).catch(() => '');
  for (const rule of saved.split('\n').filter((line) => line.startsWith('-A') && line.includes(slot.mark))) {
    await iptables(rule.replace(/^-A/, '-D').replaceAll('"', '').split(' '));
  }
}

/** From the kernel itself: os.networkInterfaces() leaves out those without an address, such as the cables. */
async function interfaceNames(): Promise<readonly string[]> {
  const listing = await readFile('/proc/net/dev', 'utf8');
  return listing.split('\n').map((line) => line.split(':')[0]?.trim() ?? '');
}

async function ipBatch(lines: readonly string[], inside: readonly string[] = []): Promise<void> {
  const [command = 'ip', ...args] = [...inside, 'ip', '-batch', '-'];
  await runCommand(command, args, { input: `${lines.join('\n')}\n` });
}

const iptables = (args: readonly string[]): Promise<string> => runCommand('iptables', ['--wait', '10', ...args]);
