import { byCodePoint } from '../../lib/code-point-order.ts';
import type { EventBody, TmEvent } from '../../model/event.ts';
import type { Fleet } from '../fleet.ts';
import type { World } from '../world.ts';

type Described = Extract<EventBody, { type: 'host-described' }>;

/** What was heard of versions, clocks and precision as the run went on. */
export class Versions {
  readonly #clocks = new Map<string, Described['clock']>();
  #precision: string | undefined;

  hear(event: TmEvent): void {
    if (event.type === 'host-described') this.#clocks.set(event.host, event.clock);
    if (event.type === 'bus-ready') this.#precision = event.precision;
  }

  /** What a run was made with: `versions.json`. What never came to be known is null. */
  of(world: World, fleet: Fleet, redis: { readonly kind: string; readonly version: string | undefined }): object {
    const { version, runtime } = world;
    return {
      tm: version,
      node: runtime.node,
      platform: runtime.platform,
      controlEngine: fleet.control?.description ?? null,
      hosts: [...fleet.hosts.values()]
        .sort((a, b) => byCodePoint(a.name, b.name))
        .map(({ name, description, platform }) => ({
          host: name,
          engine: description,
          platform: `${platform.os}/${platform.architecture}`,
          clock: this.#clocks.get(name) ?? null,
        })),
      redis: { kind: redis.kind, version: redis.version ?? null, precision: this.#precision ?? null },
    };
  }
}
