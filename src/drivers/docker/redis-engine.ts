import { Readable } from 'node:stream';
import { TmError } from '../../model/fault.ts';
import { fromLabelMap, toLabelMap } from '../../model/labels.ts';
import type { RedisContainer, RedisContainerOrder, RedisEngine } from '../redis/redis-container.ts';
import { type Engine, openEngine } from './engine.ts';
import { explainEngineError, isStatus } from './engine-error.ts';
import { type EngineSurroundings, findLocalEngine } from './find-engine.ts';
import { localTransport } from './local-transport.ts';
import { logText } from './log-frames.ts';
import { BLOCK_BYTES, paddedSize } from './tar-header.ts';

/** The control machine's engine as the managed Redis needs it. Throws `unreachable` where it does not answer. */
export async function openRedisEngine(surroundings: EngineSurroundings, signal: AbortSignal): Promise<RedisEngine> {
  const engine = await openEngine(localTransport(await findLocalEngine(surroundings), surroundings), signal);
  return new DockerRedisEngine(engine);
}

interface Inspection {
  readonly Id: string;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> | null };
  readonly State: { readonly Running: boolean };
}

class DockerRedisEngine implements RedisEngine {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async inspect(name: string, signal: AbortSignal): Promise<RedisContainer | undefined> {
    const { api } = this.#engine;
    try {
      const found = await api.json<Inspection>({ method: 'GET', path: `/containers/${name}/json` }, signal);
      const labels = fromLabelMap(found.Config.Labels ?? {});
      return {
        id: found.Id,
        image: found.Config.Image,
        running: found.State.Running,
        ...(labels === undefined ? {} : { labels }),
      };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw this.#explained(error, `could not look at ${name}`);
    }
  }

  async create(order: RedisContainerOrder, signal: AbortSignal): Promise<string> {
    const { api } = this.#engine;
    const { name } = order;
    try {
      const request = { path: '/containers/create', query: { name }, body: bodyOf(order) };
      const { Id } = await api.json<{ Id: string }>({ method: 'POST', ...request }, signal);
      // By the archive and not the environment, which every inspection of the container shows.
      const upload = Readable.from([tarOf(order.files)]);
      const files = { path: `/containers/${Id}/archive`, query: { path: '/' }, upload };
      await api.json<void>({ method: 'PUT', ...files }, signal).catch(async (error: unknown) => {
        await this.remove(Id, AbortSignal.timeout(10_000)).catch(() => undefined);
        throw error;
      });
      return Id;
    } catch (error) {
      if (!isStatus(error, 409)) throw this.#explained(error, `could not make ${name}`);
      throw new TmError(
        {
          kind: 'conflict',
          message: `this machine already has a container named ${name}`,
          hint: `look at it with \`docker inspect ${name}\`; tm removes only its own`,
        },
        { cause: error },
      );
    }
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    const request = { method: 'POST', path: `/containers/${id}/start`, repeatable: true } as const;
    await this.#engine.api.json<void>(request, signal).catch((error: unknown) => {
      throw this.#explained(error, 'could not start the Redis container');
    });
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    // It holds nothing that an orderly end would save.
    const request = { method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true } } as const;
    await this.#engine.api.json<void>({ ...request, repeatable: true }, signal).catch((error: unknown) => {
      if (!isStatus(error, 404)) throw this.#explained(error, 'could not remove the Redis container');
    });
  }

  async output(id: string, signal: AbortSignal): Promise<string> {
    const query = { stdout: true, stderr: true, tail: 20 };
    const stream = await this.#engine.api.stream({ method: 'GET', path: `/containers/${id}/logs`, query }, signal);
    let text = '';
    for await (const piece of logText(stream)) text += piece;
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine.api.close();
  }

  #explained(error: unknown, doing: string): unknown {
    return explainEngineError(error, doing, this.#engine.api.transport);
  }
}

function bodyOf({ image, labels, command, ports }: RedisContainerOrder): object {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { hostIp, hostPort, containerPort } of ports) {
    const key = `${containerPort}/tcp`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostIp, HostPort: String(hostPort) }];
  }
  return {
    Image: image,
    // The image's own entrypoint may change the user, or expect other arguments.
    Entrypoint: command.slice(0, 1),
    Cmd: command.slice(1),
    Labels: toLabelMap(labels),
    ExposedPorts: Object.fromEntries(Object.keys(bindings).map((key) => [key, {}])),
    HostConfig: { PortBindings: bindings, RestartPolicy: { Name: 'no' } },
  };
}

/** A tar of small files, each named by its absolute path. */
function tarOf(files: RedisContainerOrder['files']): Buffer {
  const blocks = files.flatMap(({ path, content, mode }) => {
    const bytes = Buffer.from(content.reveal());
    const body = Buffer.alloc(paddedSize(bytes.length));
    bytes.copy(body);
    return [tarHeader(path.replace(/^\//, ''), bytes.length, mode), body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function tarHeader(name: string, size: number, mode: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0');
  header.write(name, 0);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  // The checksum counts its own field as spaces.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )}\0 `,
    148,
  );
  return header;
}
