import type { ColorSupportLevel } from 'chalk';
import { type Key, parseKeys } from '../../views/tui/keys.ts';
import { createLatch, latchMemory } from '../../views/tui/latch.ts';
import type { ScreenListener, TuiScreen } from '../../views/tui/tui-screen.ts';
import { writeWhole } from '../../views/tui/write-whole.ts';
import { startDrawer } from './drawer.ts';

/** The other screen, without a cursor, and without wrapping: a row that the terminal thinks longer than we do stays one row. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const RESTORE = '\u001b[?2026l\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Milliseconds that a frame under way is waited for when the terminal is given back. */
const PATIENCE_MS = 250;

export interface TerminalScreenOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly colorLevel: ColorSupportLevel;
  readonly unicode: boolean;
}

/**
 * This process's terminal as a screen: taken as a whole (raw, on its other screen), drawn on by another thread, and given back whatever ends the
 * process. The thread is started at once, long before it is needed: it takes a while to load.
 */
export function createTerminalScreen({ stdin, stdout, colorLevel, unicode }: TerminalScreenOptions): TuiScreen {
  const memory = latchMemory();
  const latch = createLatch(memory);
  let failure: string | undefined;
  let failed = (because: string): void => {
    failure = because;
  };
  const drawer = startDrawer({ colorLevel, unicode, latch: memory, terminal: stdout.fd }, (because) => failed(because));
  let giveBack = (): void => drawer.stop();

  const open = (listener: ScreenListener): void => {
    const take = (): void => {
      writeWhole(stdout.fd, ENTER);
      stdin.setRawMode(true);
      drawer.forget();
    };
    // After a stop in the background the shell has had the terminal.
    const listening = listen(stdin, stdout, listener, take);
    const restore = (): void => {
      giveBack = () => undefined;
      process.off('exit', restore);
      latch.close(PATIENCE_MS);
      drawer.stop();
      listening.stop();
      writeWhole(stdout.fd, RESTORE);
    };
    giveBack = restore;
    process.on('exit', restore);
    take();
    stdin.resume();
    failed = (because) => {
      restore();
      listener.failed(because);
    };
    if (failure !== undefined) failed(failure);
  };

  return {
    open,
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    ready: () => drawer.ready(),
    draw: (frame) => drawer.draw(frame),
    forget: () => drawer.forget(),
    close: () => giveBack(),
  };
}

/** Keys, sizes, and the return from the background, until it is stopped. */
function listen(
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  listener: ScreenListener,
  returned: () => void,
): { stop(): void } {
  let rest = '';
  const decoder = new TextDecoder();
  const onData = (data: Buffer | string): void => {
    const text = typeof data === 'string' ? data : decoder.decode(data, { stream: true });
    const parsed: { readonly keys: readonly Key[]; readonly rest: string } = parseKeys(rest + text);
    rest = parsed.rest;
    for (const key of parsed.keys) listener.key(key);
  };
  const onResize = (): void => listener.changed();
  const onReturn = (): void => {
    returned();
    listener.changed();
  };
  // A terminal that is gone says so with SIGHUP.
  const ignore = (): void => undefined;
  stdin.on('data', onData).on('error', ignore);
  stdout.on('resize', onResize);
  process.on('SIGCONT', onReturn);
  return {
    stop() {
      stdin.off('data', onData);
      stdout.off('resize', onResize);
      process.off('SIGCONT', onReturn);
      try {
        stdin.setRawMode(false);
      } catch {
        // It is gone.
      }
      stdin.pause();
    },
  };
}
