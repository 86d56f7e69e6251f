import { shortTime } from '../short-time.ts';
import { aside, caution, type Entry, type Who } from './entry.ts';
import type { EventOf } from './story.ts';

/** Milliseconds that a host's clock may be off before it is worth a word: less than that disturbs nobody who compares logs. */
const WORTH_A_WARNING_MS = 1000;

/** A host that answers: its engine and clock when asked for, and a warning where the clock is certainly wrong. */
export function clockEntry({ host, engine, clock }: EventOf<'host-described'>, verbose: boolean): readonly Entry[] {
  const who: Who = { kind: 'place', name: host };
  if (clock === undefined) return verbose ? [{ ...aside(engine), who }] : [];
  const off = `${shortTime(Math.abs(clock.aheadMs))} ${clock.aheadMs < 0 ? 'behind' : 'ahead of'}`;
  const sure = `(give or take ${shortTime(clock.uncertaintyMs)})`;
  if (Math.abs(clock.aheadMs) - clock.uncertaintyMs <= WORTH_A_WARNING_MS)
    return verbose ? [{ ...aside(`${engine}, its clock ${off} this machine's ${sure}`), who }] : [];
  return [
    caution(
      who,
      `its clock is ${off} this machine's ${sure}`,
      'times that its peers write are off by as much, those of tm are not; set it with: timedatectl set-ntp true',
    ),
  ];
}
