import { Secret } from '../../lib/secret.ts';
import { toLabelMap } from '../../model/labels.ts';
import { type ContainerOrder, publishedPorts } from '../../ports/containers.ts';

/** Where a peer finds its own directory of the host. */
export const CONFIG_MOUNT = '/config';

/** What `POST /containers/create` is sent for an order. `home` is the host's, for `~/`; `configPath` is mounted at `/config`. */
export function containerBody(order: ContainerOrder, home: string, configPath: string): object {
  const { workload } = order;
  if (workload.kind !== 'container') throw new Error(`${order.name} is not a container`);
  const { memoryBytes, cpus, command } = workload;
  const ports = publishedPorts(order);
  const binds = workload.volumes.map(({ source, target, readOnly }) =>
    [expandHome(source, home), target, ...(readOnly ? ['ro'] : [])].join(':'),
  );
  return {
    Image: workload.image,
    ...(command === undefined ? {} : { Cmd: command }),
    Env: environment(order),
    Labels: toLabelMap(order.labels),
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port.containerPort}/${port.protocol}`, {}])),
    HostConfig: {
      Binds: [`${configPath}:${CONFIG_MOUNT}`, ...binds],
      PortBindings: bindings(ports),
      RestartPolicy: { Name: 'no' },
      ...(memoryBytes === undefined ? {} : { Memory: memoryBytes }),
      ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    },
  };
}

// The one place where a secret leaves its wrapper: the engine's socket, never a command line.
function environment({ workload, runEnvironment }: ContainerOrder): readonly string[] {
  return Object.entries({ ...workload.environment, ...runEnvironment }).map(
    ([name, value]) => `${name}=${value instanceof Secret ? value.reveal() : value}`,
  );
}

// One container port may be published on several host ports.
function bindings(ports: ReturnType<typeof publishedPorts>): Record<string, { HostPort: string }[]> {
  const map: Record<string, { HostPort: string }[]> = {};
  for (const { hostPort, containerPort, protocol } of ports) {
    const key = `${containerPort}/${protocol}`;
    map[key] = [...(map[key] ?? []), { HostPort: String(hostPort) }];
  }
  return map;
}

const expandHome = (source: string, home: string): string =>
  source === '~' ? home : source.startsWith('~/') ? `${home}${source.slice(1)}` : source;
