import type { ClockOffset } from '../../ports/host.ts';
import { sampleClock } from '../sample-clock.ts';
import type { EngineApi } from './engine-api.ts';

/** An answer takes the engine some 7 ms of work, so more of them add little. */
const SAMPLES = 4;

/** The clock of an engine's machine, as the engine tells it: good to half a round trip, which is about 4 ms. Undefined where it tells none. */
export async function engineClock(api: EngineApi, signal: AbortSignal): Promise<ClockOffset | undefined> {
  const clock = await sampleClock(async () => {
    const { SystemTime = '' } = await api.json<{ SystemTime?: string }>({ method: 'GET', path: '/info' }, signal);
    return parseTime(SystemTime);
  }, SAMPLES);
  return Number.isFinite(clock.aheadMs) ? clock : undefined;
}

/** RFC 3339 with nanoseconds as milliseconds since 1970; NaN for anything else. */
export function parseTime(text: string): number {
  const [, whole = '', fraction = '', zone = ''] =
    /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  return Date.parse(`${whole}${zone}`) + 1000 * Number(fraction);
}
