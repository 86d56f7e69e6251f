import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { RESTART } from '../requirement.ts';
import { atExit } from './at-exit.ts';

/** How a process ended: with neither code nor signal where it could not be run at all. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** How long it ran, in milliseconds. */
  readonly ranMs: number;
}

export interface ProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly delayFile: string;
  /** Run it again after an exit with 42, as tm does. */
  readonly restarts: boolean;
}

const MOST_OUTPUT = 1 << 16;
/** Ticks of /proc/<pid>/stat in a second, on every Linux of today. */
const TICKS = 100;

/** The peer under test, in a process group of its own, run again where it asks for that. */
export class PeerProcess implements AsyncDisposable {
  /** Every end that the process has come to, in order. */
  readonly exits: Exit[] = [];
  readonly #options: ProcessOptions;
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;
  #output = '';
  #over = false;
  #disposed = false;
  readonly #release: () => void;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#release = atExit(() => this.kill('SIGKILL'));
    this.#run();
  }

  /** It has ended, and is not run again. */
  get over(): boolean {
    return this.#over;
  }

  /** What it wrote to stdout and stderr, the last 64 Ki characters. */
  get output(): string {
    return this.#output;
  }

  /** How it stands, for a person. */
  get state(): string {
    const last = this.exits.at(-1);
    if (last === undefined) return 'it is running';
    if (last.signal === null && last.code === null) return 'it cannot be run';
    const ended = last.signal === null ? `exited with ${last.code}` : `was ended by ${last.signal}`;
    return this.#over ? `it ${ended}` : `it ${ended}, and was started again`;
  }

  /** Sends a signal to the process itself, as `docker stop` does. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends a signal to all of its process groups. */
  kill(signal: NodeJS.Signals): void {
    for (const group of this.#groups) {
      try {
        process.kill(-group, signal);
      } catch {
        // Nobody is left in it.
      }
    }
  }

  /** Processor time that its process group has used so far, in milliseconds. */
  processorMs(): number {
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        // The name in brackets may hold blanks. After it come: state, parent, process group …, and at 11 and 12 the times.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        if (this.#groups.has(Number(fields[2]))) ticks += Number(fields[11]) + Number(fields[12]);
      } catch {
        // It ended while we looked.
      }
    }
    return (ticks * 1000) / TICKS;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.kill('SIGKILL');
    this.#release();
  }

  #run(): void {
    const [program = '', ...args] = this.#options.command;
    const began = performance.now();
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      const ranMs = performance.now() - began;
      // What it wrote last may be on its way. Its children may hold its output open, so that is not waited for.
      void pause(20).then(() => this.#ended({ code, signal, ranMs }));
    };
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#options.environment },
    });
    this.#child = child;
    if (child.pid !== undefined) this.#groups.add(child.pid);
    const keep = (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString()).slice(-MOST_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'no such program' : error.message;
      keep(Buffer.from(`${program}: ${reason}\n`));
      if (child.pid === undefined) ended(null, null);
    });
    child.once('exit', ended);
  }

  #ended(exit: Exit): void {
    this.exits.push(exit);
    if (this.#disposed || !this.#options.restarts || exit.code !== RESTART.exitCode) {
      this.#over = true;
      return;
    }
    void this.#delay().then(async (seconds) => {
      await pause(seconds * 1000);
      if (!this.#disposed) this.#run();
    });
  }

  async #delay(): Promise<number> {
    const text = await readFile(this.#options.delayFile, 'utf8').catch(() => '');
    return /^\d+\s*$/.test(text) ? Number(text) : 0;
  }
}
