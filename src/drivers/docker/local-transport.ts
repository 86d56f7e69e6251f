import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type Fault, TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';
import { type EngineAddress, showEngineAddress } from './engine-address.ts';
import type { EngineTransport } from './engine-transport.ts';
import type { EngineSurroundings } from './find-engine.ts';

const MAX_CONNECTIONS = 64;

/** Reaches an engine by a socket of this machine. `host` is missing for the control machine's own. */
export function localTransport(
  address: EngineAddress,
  surroundings: EngineSurroundings,
  host?: HostName,
): EngineTransport {
  const where = host ?? 'this machine';
  return {
    where,
    maxConnections: MAX_CONNECTIONS,
    ...(host === undefined ? {} : { host }),
    connect: () => openSocket(address, surroundings),
    explain: (error) => explain(error, address, where, host),
  };
}

function openSocket(address: EngineAddress, { home, env }: EngineSurroundings): Socket {
  if (address.kind === 'unix') return connectTcp(address.path);
  const { host, port, tls } = address;
  if (!tls) return connectTcp({ host, port, noDelay: true });
  const directory = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || join(home, '.docker');
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(directory, name)));
  return connectTls({ host, port, ca, cert, key, servername: host }).setNoDelay(true);
}

function explain(error: Error, address: EngineAddress, where: string, host: HostName | undefined): TmError {
  const at = showEngineAddress(address);
  const fault = (message: string, hint?: string): Fault => ({
    ...{ kind: 'unreachable', what: 'docker', message },
    ...(hint === undefined ? {} : { hint }),
    ...(host === undefined ? {} : { host }),
  });
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new TmError(
        fault(
          `there is no Docker engine at ${at}`,
          'install Docker, start it (sudo systemctl start docker), or set DOCKER_HOST',
        ),
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new TmError(
        fault(`you may not use the Docker socket ${at}`, 'sudo usermod -aG docker "$USER", then log in again'),
        { cause: error },
      );
    case 'ECONNREFUSED':
      return new TmError(fault(`no Docker engine listens at ${at}`, 'sudo systemctl start docker'), { cause: error });
    default:
      return new TmError(fault(`the connection to the Docker engine of ${where} (${at}) broke: ${error.message}`), {
        cause: error,
      });
  }
}
