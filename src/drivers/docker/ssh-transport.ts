import { TmError } from '../../model/fault.ts';
import { ExecError, type SshConnection } from '../ssh/connection.ts';
import { LazyDuplex } from '../ssh/lazy-duplex.ts';
import { unreachable } from '../ssh/ssh-fault.ts';
import { dockerRefusal } from './docker-refusal.ts';
import type { EngineAddress } from './engine-address.ts';
import type { EngineTransport } from './engine-transport.ts';

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Forwarded sockets cost next to nothing. */
const MAX_FORWARDS = 64;
/** How whatever an engine says begins. */
const ANSWER = /HTTP\/1\.[01] [1-5]\d\d/;
/** sshd allows 10 sessions (`MaxSessions`), and SFTP and a command need one each. */
const MAX_COMMANDS = 8;

/**
 * Reaches a host's engine over its SSH connection: by forwarding the engine's socket, and where the server refuses that
 * by `docker system dial-stdio`. Which of the two is found out here, once. `address` is as seen from the host.
 */
export async function sshTransport(
  connection: SshConnection,
  address: EngineAddress | undefined,
): Promise<EngineTransport> {
  const { host } = connection.target;
  const common = { host, where: host, explain: (error: Error) => explain(error, connection) };
  if (address?.kind === 'tcp') {
    const connect = () => new LazyDuplex(() => connection.openForwardTcp(address.host, address.port));
    return { ...common, maxConnections: MAX_FORWARDS, connect };
  }
  const path = address?.path ?? DEFAULT_SOCKET;
  if (await canForward(connection, path)) {
    return { ...common, maxConnections: MAX_FORWARDS, connect: () => connection.forward(path) };
  }
  // Without a socket to name, the docker command there finds its engine by itself.
  const chosen = address === undefined ? [] : ['--host', `unix://${address.path}`];
  const command = ['docker', ...chosen, 'system', 'dial-stdio'];
  return { ...common, maxConnections: MAX_COMMANDS, connect: () => connection.execStream(command, { begins: ANSWER }) };
}

/** A refusal and a missing or closed socket look alike from here; the docker command will tell which it is. */
async function canForward(connection: SshConnection, path: string): Promise<boolean> {
  try {
    const probe = await connection.openForward(path);
    probe.destroy();
    return true;
  } catch (error) {
    if (error instanceof TmError) throw error;
    return false;
  }
}

function explain(error: Error, connection: SshConnection): TmError {
  if (error instanceof TmError) return error;
  const { target } = connection;
  if (error instanceof ExecError) return new TmError(dockerRefusal(error, target), { cause: error });
  // A socket that no longer opens, while the connection stands: the engine is gone, not the host.
  if ('reason' in error) {
    const { host } = target;
    const message = `the Docker engine of ${host} does not take connections: ${error.message}`;
    return new TmError({ kind: 'unreachable', what: 'docker', host, message }, { cause: error });
  }
  return unreachable(target, `lost its connection: ${error.message}`, undefined, error);
}
