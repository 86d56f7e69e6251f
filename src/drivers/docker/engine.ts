import { TmError } from '../../model/fault.ts';
import type { Platform } from '../../model/observed.ts';
import { EngineApi } from './engine-api.ts';
import { EngineError, isStatus } from './engine-error.ts';
import type { EngineTransport } from './engine-transport.ts';

/** An engine that answers, and what it says of itself. */
export interface Engine {
  readonly api: EngineApi;
  /** The same for every connection to this engine, and for no other engine. */
  readonly id: string;
  readonly platform: Platform;
  /** `Docker 20.10.24`. */
  readonly description: string;
  /** Of its default bridge, where it has one: how its containers reach the machine it runs on. */
  readonly gateway?: string;
  /** It runs in a virtual machine whose addresses mean nothing outside. */
  readonly isDesktop: boolean;
  /** Its images are containerd's: each layer is kept compressed as it came, and a load must be complete. */
  readonly hasContainerdImages: boolean;
}

/** The newest API version that this code was written for; an older engine is spoken to in its own. */
const NEWEST_API = '1.47';

interface VersionAnswer {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
  readonly Os: string;
  readonly Arch: string;
}

interface InfoAnswer {
  readonly ID?: string;
  readonly Name?: string;
  readonly DockerRootDir?: string;
  readonly OperatingSystem?: string;
  readonly DriverStatus?: readonly (readonly string[])[] | null;
}

interface NetworkAnswer {
  readonly IPAM?: { readonly Config?: readonly { readonly Gateway?: string }[] | null };
}

/** Asks an engine who it is and agrees on an API version. Throws `unreachable` where it does not answer as an engine does. */
export async function openEngine(transport: EngineTransport, signal: AbortSignal): Promise<Engine> {
  try {
    return await ask(transport, signal);
  } catch (error) {
    if (!(error instanceof EngineError) && !(error instanceof SyntaxError)) throw error;
    const { where, host } = transport;
    const message = `what answers on ${where} is no Docker engine that tm can use: ${error.message}`;
    const fault = { kind: 'unreachable', what: 'docker', message, ...(host === undefined ? {} : { host }) } as const;
    throw new TmError(fault, { cause: error });
  }
}

async function ask(transport: EngineTransport, signal: AbortSignal): Promise<Engine> {
  const first = new EngineApi(transport);
  const version = await first
    .json<VersionAnswer>({ method: 'GET', path: '/version' }, signal)
    .finally(() => first.close());
  const api = new EngineApi(transport, agreedVersion(version));
  try {
    const [info, gateway] = await Promise.all([
      api.json<InfoAnswer>({ method: 'GET', path: '/info' }, signal),
      bridgeGateway(api, signal),
    ]);
    return {
      api,
      id: identityOf(info),
      platform: { os: version.Os, architecture: version.Arch },
      description: `Docker ${version.Version.replace(/[+-].*$/, '')}`,
      ...(gateway === undefined ? {} : { gateway }),
      isDesktop: info.OperatingSystem === 'Docker Desktop',
      hasContainerdImages: (info.DriverStatus ?? []).some(
        ([key, value]) => key === 'driver-type' && value?.startsWith('io.containerd') === true,
      ),
    };
  } catch (error) {
    api.close();
    throw error;
  }
}

function agreedVersion({ ApiVersion, MinAPIVersion = '1.12' }: VersionAnswer): string {
  const agreed = minorOf(ApiVersion) < minorOf(NEWEST_API) ? ApiVersion : NEWEST_API;
  return minorOf(agreed) < minorOf(MinAPIVersion) ? MinAPIVersion : agreed;
}

const minorOf = (version: string): number => Number(version.split('.')[1] ?? 0);

// Machines cloned from one disk share the engine's id, and so do engines of one machine that share a key file.
function identityOf({ ID = '', Name = '', DockerRootDir = '' }: InfoAnswer): string {
  return [ID, Name, DockerRootDir].join(' ').trim();
}

async function bridgeGateway(api: EngineApi, signal: AbortSignal): Promise<string | undefined> {
  try {
    const network = await api.json<NetworkAnswer>({ method: 'GET', path: '/networks/bridge' }, signal);
    const gateways = (network.IPAM?.Config ?? []).map((config) => config.Gateway);
    return gateways.find((gateway) => gateway?.includes('.'))?.replace(/\/.*$/, '');
  } catch (error) {
    // An engine without its default bridge still runs containers.
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
