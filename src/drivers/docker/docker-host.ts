import type { HostSpec } from '../../model/spec.ts';
import type { ControlEngine, Host } from '../../ports/host.ts';
import type { SshConnection } from '../ssh/connection.ts';
import type { SshConnector } from '../ssh/connector.ts';
import { sshClock } from '../ssh/ssh-clock.ts';
import { SshDirectories } from '../ssh/ssh-directories.ts';
import { DockerContainers } from './containers.ts';
import { DockerCourier } from './courier.ts';
import { type Engine, openEngine } from './engine.ts';
import { parseEngineAddress } from './engine-address.ts';
import { engineClock } from './engine-clock.ts';
import { explainEngineError } from './engine-error.ts';
import { type EngineSurroundings, findLocalEngine } from './find-engine.ts';
import { addressesOf } from './host-addresses.ts';
import { type HostDirectories, localDirectories } from './host-directories.ts';
import { ImageCatalog } from './image-catalog.ts';
import { DockerImages } from './images.ts';
import { localTransport } from './local-transport.ts';
import { RegistryLogins } from './registry-logins.ts';
import { sshTransport } from './ssh-transport.ts';

/** A host with Docker, over SSH or on this machine. Throws `unreachable` or `host-key`, naming the host. */
export async function connectDockerHost(
  spec: HostSpec,
  ssh: SshConnector,
  surroundings: EngineSurroundings,
  signal: AbortSignal,
): Promise<Host> {
  if (spec.connection.kind === 'local') return connectLocal(spec, surroundings, signal);
  const connection = await ssh.open(spec, signal);
  try {
    return await connectRemote(spec, connection, surroundings, signal);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The control machine's own engine. */
export async function connectControlEngine(
  surroundings: EngineSurroundings,
  signal: AbortSignal,
): Promise<ControlEngine> {
  const engine = await openEngine(localTransport(await findLocalEngine(surroundings), surroundings), signal);
  const images = new DockerImages(engine, new ImageCatalog(engine.api), new RegistryLogins(surroundings));
  return {
    engine: engine.id,
    description: engine.description,
    images,
    courier: new DockerCourier(images),
    [Symbol.asyncDispose]: async () => engine.api.close(),
  };
}

async function connectLocal(spec: HostSpec, surroundings: EngineSurroundings, signal: AbortSignal): Promise<Host> {
  const given = dockerHostOf(spec);
  const address =
    given === undefined
      ? await findLocalEngine(surroundings)
      : parseEngineAddress(given, `docker_host of ${spec.name}`);
  const engine = await openEngine(localTransport(address, surroundings, spec.name), signal);
  return hostOf(spec, engine, localDirectories(surroundings.home), surroundings, {
    addresses: await addressesOf(engine, spec.address, undefined),
    // Also of an engine here: that of Docker Desktop runs in a machine of its own, whose clock may be off.
    clock: (ending) => engineClock(engine.api, ending),
    close: async () => engine.api.close(),
  });
}

async function connectRemote(
  spec: HostSpec,
  connection: SshConnection,
  surroundings: EngineSurroundings,
  signal: AbortSignal,
): Promise<Host> {
  const given = dockerHostOf(spec);
  const address = given === undefined ? undefined : parseEngineAddress(given, `docker_host of ${spec.name}`);
  const engine = await openEngine(await sshTransport(connection, address), signal);
  const { addresses: ends } = await connection.session(signal);
  return hostOf(spec, engine, new SshDirectories(connection), surroundings, {
    addresses: await addressesOf(engine, connection.target.address, ends ?? 'indirect'),
    clock: async (ending) => {
      // An engine that is reached by TCP may be on another machine than the one that was logged in to.
      const told = address?.kind === 'tcp' ? undefined : await sshClock(connection, ending);
      return told ?? engineClock(engine.api, ending);
    },
    close: async () => {
      engine.api.close();
      await connection.close();
    },
  });
}

function hostOf(
  spec: HostSpec,
  engine: Engine,
  directories: HostDirectories,
  surroundings: EngineSurroundings,
  rest: {
    readonly addresses: Pick<Host, 'controlAddress' | 'hostAddress'>;
    readonly clock: Host['clock'];
    readonly close: () => Promise<void>;
  },
): Host {
  const catalog = new ImageCatalog(engine.api);
  return {
    name: spec.name,
    engine: engine.id,
    platform: engine.platform,
    description: engine.description,
    ...rest.addresses,
    containers: new DockerContainers(engine.api, catalog, directories),
    images: new DockerImages(engine, catalog, new RegistryLogins(surroundings)),
    clock: async (ending) => {
      try {
        return await rest.clock(ending);
      } catch (error) {
        throw explainEngineError(error, 'could not ask for the time', engine.api.transport);
      }
    },
    [Symbol.asyncDispose]: rest.close,
  };
}

const dockerHostOf = ({ runtime }: HostSpec): string | undefined =>
  runtime.kind === 'docker' ? runtime.dockerHost : undefined;
