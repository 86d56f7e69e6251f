import { assertNever } from '../../lib/assert-never.ts';
import type { Fault, LockHolder } from '../../model/fault.ts';
import { padEnd } from '../fit-text.ts';
import { marksFor } from '../marks.ts';
import { createPalette, type Palette } from '../palette.ts';
import { safeLine, safeLines } from '../safe-text.ts';
import type { FaultStyle } from './fault-style.ts';
import { renderConfigFaults } from './render-config-faults.ts';

const LABEL_WIDTH = 6;

/** Any fault for people, as text that ends without a newline: what failed, where, and what to try. */
export function renderFault(fault: Fault, style: FaultStyle): string {
  const palette = createPalette(style.color);
  const marks = marksFor(style.unicode ?? true);
  if (fault.kind === 'config' && fault.faults.length > 0) {
    return [renderConfigFaults(fault.faults, style), ...hintLines(fault, palette)].join('\n');
  }
  const [first = '', ...more] = safeLines(fault.message);
  const mark = fault.kind === 'aborted' ? palette.tone.quiet(marks.stop) : palette.tone.bad(marks.bad);
  return [
    `${mark} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...detailLines(fault, palette),
    ...hintLines(fault, palette),
  ].join('\n');
}

/** Where it failed, as far as the message does not say it itself. */
function detailLines(fault: Fault, palette: Palette): readonly string[] {
  switch (fault.kind) {
    case 'unreachable':
    case 'host-key':
    case 'conflict':
    case 'failed':
      return fault.host === undefined || fault.message.includes(fault.host) ? [] : [line('host', fault.host, palette)];
    case 'locked':
      return holderLines(fault.holder, palette);
    case 'config':
    case 'usage':
    case 'aborted':
      return [];
    default:
      return assertNever(fault);
  }
}

function holderLines({ test, run, pid, machine, user, since }: LockHolder, palette: Palette): readonly string[] {
  return [
    line('run', `${run} of ${test}`, palette),
    line('by', `${user} on ${machine}, process ${pid}`, palette),
    line('since', since, palette),
  ];
}

function hintLines({ hint }: Fault, palette: Palette): readonly string[] {
  if (hint === undefined) return [];
  return safeLines(hint).map((text, index) => line(index === 0 ? 'try' : '', text, palette));
}

function line(label: string, text: string, { tone }: Palette): string {
  return `  ${tone.quiet(padEnd(label, LABEL_WIDTH))} ${safeLine(text)}`;
}
