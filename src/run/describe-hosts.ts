import type { ClockOffset, Host } from '../ports/host.ts';
import type { Fleet } from './fleet.ts';
import type { Recorder } from './recorder.ts';

/** Hosts being described, behind everything else. */
export interface Describing {
  /** Waits for no answer any longer: what is not known by now is left out. */
  end(): Promise<void>;
}

/** Tells of each open host what runs there and how far its clock is off: in the background, so that nothing waits for it. */
export function describeHosts(fleet: Fleet, recorder: Recorder): Describing {
  const ending = new AbortController();
  const clocks = new Map<string, Promise<ClockOffset | undefined>>();
  const clockOf = (host: Host): Promise<ClockOffset | undefined> => {
    // Two entries may lead to one machine, which is asked once.
    const asked = clocks.get(host.engine) ?? host.clock(ending.signal).catch(() => undefined);
    clocks.set(host.engine, asked);
    return asked;
  };
  const describe = async (host: Host): Promise<void> => {
    const clock = await clockOf(host);
    recorder.emit({
      type: 'host-described',
      host: host.name,
      engine: host.description,
      ...(clock === undefined ? {} : { clock }),
    });
  };
  const all = Promise.all([...fleet.hosts.values()].map(describe));
  return {
    end: async () => {
      ending.abort();
      await all;
    },
  };
}
