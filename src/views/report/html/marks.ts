/** The marks of the swim-lanes, each about its own middle, and the patterns of their bars. */
import { Markup } from './markup.ts';

/** The marks by their ids. */
export const MARK_PATHS = {
  taken: 'M-5-5h10L0 5z',
  untaken: 'M-4.2-4.4h8.4L0 4z',
  skipped: 'M-4-4L4 4M4-4L-4 4',
  message: 'M-3.5 0L0-4L3.5 0L0 4z',
  hand: 'M-4-4h8v8h-8z',
  receipt: 'M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z',
  died: 'M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0zM-2.6-2.6L2.6 2.6M2.6-2.6L-2.6 2.6',
  ended: 'M-4-4h8v8h-8z',
  restart: 'M3.6-3.6A5 5 0 1 0 5 0.6M5-6v4.4h-4.4',
  silent: 'M0-6L6 5H-6zM0-2V1M0 2.8V3.4',
  tick: 'M-1-4h2v9h-2z',
  dot: 'M-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0z',
  seen: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
} as const;

export type Mark = keyof typeof MARK_PATHS;

const marks = Object.entries(MARK_PATHS)
  .map(([id, path]) => `<path id="m-${id}" d="${path}"/>`)
  .join('');

/** Lines across a tint, by the turn and the distance of the lines. */
const hatch = (id: string, tint: string, line: string, turn: number, width: number): string =>
  `<pattern id="p-${id}" width="${width}" height="${width}" patternUnits="userSpaceOnUse" patternTransform="rotate(${turn})">` +
  `<rect width="${width}" height="${width}" fill="var(--${tint})"/>` +
  `<rect width="1.5" height="${width}" fill="var(--${line})"/></pattern>`;

const dots = (id: string, tint: string, line: string): string =>
  `<pattern id="p-${id}" width="6" height="6" patternUnits="userSpaceOnUse">` +
  `<rect width="6" height="6" fill="var(--${tint})"/><circle cx="2" cy="2" r="1.1" fill="var(--${line})"/></pattern>`;

/** Once in a page, before the first lane. */
export const DEFINITIONS = new Markup(
  `<svg class="definitions" width="0" height="0" aria-hidden="true"><defs>${marks}${[
    hatch('changing', 'caution-tint', 'caution-line', 45, 7),
    hatch('many', 'quiet-tint', 'muted', 90, 4),
    hatch('own1', 'own-tint', 'own-line', 90, 6),
    hatch('own3', 'own-tint', 'own-line', 0, 6),
    dots('own2', 'own-tint', 'own-line'),
    hatch('unmet', 'bad-tint', 'bad-line', 135, 6),
    hatch('squeezed', 'page', 'rule', 45, 6),
  ].join('')}</defs></svg>`,
);
