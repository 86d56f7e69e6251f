import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** The environment for system tools: a login's PATH may lack the sbin directories where `ip` and `dockerd` live. */
export const toolEnv: NodeJS.ProcessEnv = {
  PATH: `${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`,
  HOME: process.env['HOME'] ?? '/root',
  LANG: 'C.UTF-8',
};

/** Runs a program to its end and gives its stdout. Rejects, with what it wrote to stderr, on any other exit than 0. */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input = '', timeoutMs = 30_000, env = toolEnv, cwd } = options;
  return new Promise((resolve, reject) => {
    // Detached, so that a Ctrl-C in the terminal does not end a clean-up command half-way.
    const child = spawn(command, args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A program that ends without reading its input closes the pipe; its exit code says what matters.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`cannot run ${command}`, { cause }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const end = late ? `took over ${timeoutMs} ms` : `ended with ${code ?? signal}`;
      reject(new Error(`${[command, ...args].join(' ')} ${end}\n${stderr.trim() || stdout.trim()}`));
    });
  });
}
