import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** The stdin and stdout of a ProxyCommand as one stream; the command ends with it. */
export function proxyCommandStream(command: string): Duplex {
  // OpenSSH hands it to the user's shell in the same way.
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.once('close', () => child.kill());
  child.once('error', (error) => stream.destroy(error));
  return stream;
}
