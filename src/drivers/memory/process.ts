import { Secret } from '../../lib/secret.ts';
import type { MemoryContainer, MemoryEngine } from './engine.ts';
import type { MemoryFleet, MemoryProcess } from './fleet.ts';

/** Sets a created or ended container running and tells the simulation. */
export function startProcess(fleet: MemoryFleet, engine: MemoryEngine, container: MemoryContainer): void {
  container.state = 'running';
  container.starts += 1;
  delete container.exitCode;
  container.oomKilled = false;
  fleet.hooks.onStart?.(processOf(fleet, engine, container));
}

/** Ends a container and tells the simulation; does nothing where it does not run. */
export function endProcess(
  fleet: MemoryFleet,
  engine: MemoryEngine,
  container: MemoryContainer,
  exitCode: number,
  options: { readonly oomKilled?: boolean } = {},
): void {
  if (container.state !== 'running') return;
  engine.exit(container, exitCode, options);
  fleet.hooks.onEnd?.(container, engine);
}

/** SIGTERM, and SIGKILL after `graceMs` on the fleet's clock. Ends early with the signal, leaving it as it is. */
export async function stopProcess(
  fleet: MemoryFleet,
  engine: MemoryEngine,
  container: MemoryContainer,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (container.state !== 'running') return;
  const code = fleet.hooks.onTerminate?.(processOf(fleet, engine, container));
  if (code !== undefined) return endProcess(fleet, engine, container, code);
  const deadline = fleet.clock.now() + graceMs;
  if (graceMs > 0) await untilEnded(fleet, engine, container, deadline, signal);
  endProcess(fleet, engine, container, 137);
}

/** Waits for its end or for the deadline, whichever comes first. */
async function untilEnded(
  fleet: MemoryFleet,
  engine: MemoryEngine,
  container: MemoryContainer,
  deadline: number,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new AbortController();
  const both = AbortSignal.any([signal, waiting.signal]);
  const ended = engine.untilEnded(container, waiting.signal);
  try {
    await Promise.race([ended, fleet.clock.sleepUntil(deadline, both)]);
  } finally {
    waiting.abort();
  }
}

function processOf(fleet: MemoryFleet, engine: MemoryEngine, container: MemoryContainer): MemoryProcess {
  const { starts } = container;
  return {
    engine,
    container,
    environment: environmentOf(container),
    exit: (exitCode, options) => {
      if (container.starts === starts) endProcess(fleet, engine, container, exitCode, options);
    },
    write: (text) => void container.output.push(text),
    setRestartDelay: (seconds) => {
      container.restartDelaySeconds = seconds;
    },
  };
}

/** All of its variables, secrets revealed. */
export function environmentOf({ order }: MemoryContainer): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...order?.workload.environment, ...order?.runEnvironment })) {
    shown[name] = value instanceof Secret ? value.reveal() : value;
  }
  return shown;
}
