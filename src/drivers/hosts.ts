import { userInfo } from 'node:os';
import type { HostSpec } from '../model/spec.ts';
import type { Host, Hosts } from '../ports/host.ts';
import type { SshQuestions } from './ssh/connector.ts';

/** What the real hosts need from around tm. */
export interface HostsOptions extends SshQuestions {
  /** The user's home directory: `~` here, with `.ssh` and `.docker` in it. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens a host whose peers are processes. */
  readonly connectProcess: (spec: HostSpec, signal: AbortSignal) => Promise<Host>;
}

/** The hosts of the real world. SSH and Docker are loaded when a host first needs them. */
export function createHosts(options: HostsOptions): Hosts {
  const { home, env, connectProcess } = options;
  const docker = once(async () => {
    const { connectControlEngine, connectDockerHost } = await import('./docker/docker-host.ts');
    return { connectControlEngine, connectDockerHost };
  });
  const ssh = once(async () => {
    const { SshConnector } = await import('./ssh/connector.ts');
    return new SshConnector({ home, env, localUser: userInfo().username }, options);
  });
  return {
    connect: async (spec, signal) => {
      if (spec.runtime.kind === 'process') return connectProcess(spec, signal);
      const { connectDockerHost } = await docker();
      return connectDockerHost(spec, await ssh(), { home, env }, signal);
    },
    control: async (signal) => (await docker()).connectControlEngine({ home, env }, signal),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
