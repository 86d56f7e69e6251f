import type { ConfigFault } from '../../model/fault.ts';
import { countOf } from '../count-of.ts';
import { marksFor } from '../marks.ts';
import { createPalette } from '../palette.ts';
import { safeLine } from '../safe-text.ts';
import { excerpt } from './excerpt.ts';
import type { FaultStyle } from './fault-style.ts';

/** Nobody reads more; what is left out is counted. */
const MAX_SHOWN = 100;
const GUTTER = 5;

/**
 * Located faults for people, as text that ends without a newline: where and what, the source line with a caret and what to try, and
 * the count. Empty without faults.
 */
export function renderConfigFaults(faults: readonly ConfigFault[], style: FaultStyle): string {
  if (faults.length === 0) return '';
  const shown = faults.slice(0, MAX_SHOWN);
  const left = faults.length - shown.length;
  return [
    ...shown.map((fault) => renderOne(fault, style)),
    ...(left === 0 ? [] : [`… and ${left} more`]),
    countLine(faults, style),
  ].join('\n');
}

function renderOne(fault: ConfigFault, { color, width = 120, unicode = true }: FaultStyle): string {
  const { tone } = createPalette(color);
  const marks = marksFor(unicode);
  const accent = fault.severity === 'error' ? tone.bad : tone.caution;
  const number = String(fault.line).padStart(GUTTER);
  const gutter = ` ${marks.log} `;
  const room = Math.max(20, width - number.length - gutter.length);
  const { text, caretAt, caretWidth } = excerpt(fault.source, fault.column, fault.length, room, marks.ellipsis);

  const place = tone.strong(`${safeLine(fault.file)}:${fault.line}:${fault.column}`);
  const kind = fault.severity === 'warning' ? `${accent('warning:')} ` : '';
  const suggestion = fault.suggestion === undefined ? '' : ` ${safeLine(fault.suggestion)}`;
  return [
    `${place} ${kind}${safeLine(fault.message)}`,
    `${tone.quiet(number + gutter)}${text}`.trimEnd(),
    `${tone.quiet(' '.repeat(number.length) + gutter)}${' '.repeat(caretAt)}${accent('^'.repeat(caretWidth) + suggestion)}`,
  ].join('\n');
}

function countLine(faults: readonly ConfigFault[], { color }: FaultStyle): string {
  const { tone } = createPalette(color);
  const errors = faults.filter((fault) => fault.severity === 'error').length;
  const warnings = faults.length - errors;
  if (errors === 0) return tone.caution(countOf(warnings, 'warning'));
  const also = warnings === 0 ? '' : ` and ${countOf(warnings, 'warning')}`;
  return tone.bad(`${countOf(errors, 'fault')}${also}, nothing was touched`);
}
