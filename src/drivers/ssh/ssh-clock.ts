import type { Duplex } from 'node:stream';
import type { ClockOffset } from '../../ports/host.ts';
import { sampleClock } from '../sample-clock.ts';
import type { SshConnection } from './connection.ts';

/** One costs a millisecond. */
const SAMPLES = 10;
/** A host that is busier than this is not worth asking. */
const TIMEOUT_MS = 10_000;

/** One shell for all readings: only the first pays for a channel and a login. */
const SCRIPT = 'while read -r tm_go; do date +%s.%N; done';

/** What a login shell prints before is none. */
const TIME = /^\d{9,}\.\d+$/m;

/**
 * The clock of a host as its own `date` tells it, good to about half a millisecond. Undefined where there is no `date` with nanoseconds,
 * or no shell to run it; throws only the signal's reason.
 */
export async function sshClock(connection: SshConnection, signal: AbortSignal): Promise<ClockOffset | undefined> {
  const shell = connection.execStream(['sh', '-c', SCRIPT], { begins: TIME });
  // One that could not be opened is told by its reader.
  shell.on('error', () => {});
  const end = (): void => void shell.destroy();
  const patience = setTimeout(end, TIMEOUT_MS);
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    const lines = answers(shell);
    const read = async (): Promise<number> => {
      shell.write('\n');
      const { value } = await lines.next();
      if (value === undefined || !TIME.test(value)) throw new Error(`no time: ${value}`);
      return 1000 * Number(value);
    };
    // The first one waits for the shell.
    await read();
    return await sampleClock(read, SAMPLES);
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', end);
    end();
  }
}

async function* answers(shell: Duplex): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const chunk of shell) {
    text += String(chunk);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
  return undefined;
}
