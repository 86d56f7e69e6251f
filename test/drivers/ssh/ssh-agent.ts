import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runCommand, toolEnv } from '../../testbed/run-command.ts';
import { until } from '../../testbed/until.ts';

/** An `ssh-agent` of its own. */
export interface SshAgent extends AsyncDisposable {
  /** For SSH_AUTH_SOCK. */
  readonly socket: string;
  add(keyPath: string): Promise<void>;
}

export async function startSshAgent(directory: string): Promise<SshAgent> {
  const socket = join(directory, 'agent.sock');
  const child = spawn('ssh-agent', ['-D', '-a', socket], { env: toolEnv, stdio: 'ignore' });
  await until(() => answers(socket), { what: 'ssh-agent', timeoutMs: 5000 });
  return {
    socket,
    add: async (keyPath) =>
      void (await runCommand('ssh-add', ['-q', keyPath], { env: { ...toolEnv, SSH_AUTH_SOCK: socket } })),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}
