import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { toolEnv } from './run-command.ts';

/** Everything that has a name outside the testbed's own namespaces, derived from one small number. */
export interface Slot {
  readonly index: number;
  /** What marks processes, cgroups and iptables rules as ours. */
  readonly mark: string;
  readonly dir: string;
  readonly lockFile: string;
  readonly bridge: string;
  readonly controlAddress: string;
  readonly engineBridge: string;
  readonly engineAddress: string;
  readonly veth: (host: number) => string;
  readonly hostAddress: (host: number) => string;
}

export interface SlotLock {
  readonly slot: Slot;
  release(): Promise<void>;
}

export const slotCount = 8;

/** Where testbeds live: the same for all on this machine, as interface names are, and short, as paths of sockets must be. */
const stateDir = '/var/lib/the-mule-testbed';

/** The names of slot `index`; slot 0 has 10.77.0.0/24 for its hosts and 10.77.1.0/24 for containers of the control machine. */
export function slotOf(index: number): Slot {
  const net = `10.${77 + index}`;
  return {
    index,
    mark: `tm-testbed-${index}`,
    dir: join(stateDir, String(index)),
    lockFile: join(stateDir, `${index}.lock`),
    bridge: `tm${index}-br`,
    controlAddress: `${net}.0.1`,
    engineBridge: `tm${index}-ctl`,
    engineAddress: `${net}.1.1`,
    veth: (host) => `tm${index}-h${host}`,
    hostAddress: (host) => `${net}.0.${10 + host}`,
  };
}

/** True when an interface of this machine already has an address range that contains the slot's. */
export function isTaken(slot: Slot): boolean {
  const ranges = new BlockList();
  for (const { address, cidr } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    const prefix = Number(cidr?.split('/')[1]);
    if (!isIPv6(address) && prefix > 0) ranges.addSubnet(address, prefix, 'ipv4');
  }
  return ranges.check(slot.controlAddress, 'ipv4') || ranges.check(slot.engineAddress, 'ipv4');
}

/**
 * Locks a slot, or gives undefined when another process holds it. The kernel holds the lock through a `flock` child that
 * ends with us, so a lock never outlives its owner, however that ended.
 */
export async function lockSlot(slot: Slot): Promise<SlotLock | undefined> {
  await mkdir(stateDir, { recursive: true });
  const holder = spawn('flock', ['--nonblock', slot.lockFile, 'sh', '-c', 'echo held; exec cat >/dev/null'], {
    env: toolEnv,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  holder.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  const held = await new Promise<boolean>((resolve, reject) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('exit', () => resolve(false));
    holder.once('error', (cause) => reject(new Error('cannot run flock (package util-linux)', { cause })));
  });
  if (!held) return undefined;
  // The lock alone must not keep a finished program from ending.
  holder.unref();
  for (const pipe of [holder.stdin, holder.stdout]) (pipe as unknown as { unref(): void }).unref();
  return {
    slot,
    release: () => {
      holder.ref();
      holder.stdin.end();
      return ended;
    },
  };
}
