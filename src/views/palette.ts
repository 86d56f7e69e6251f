/**
 * One colour a meaning, for every view: a colour that says two things says nothing. Whether there are colours at all
 * is decided by whoever makes the chalk instance.
 */
import type { ChalkInstance } from 'chalk';

/** Paints a text; the text's characters stay as they are. */
export type Paint = (text: string) => string;

/** What a colour can mean. `plain` is the terminal's own. */
export type Tone = 'plain' | 'good' | 'bad' | 'caution' | 'sent' | 'quiet' | 'strong';

export interface Palette {
  /** Green went well, red failed, yellow wants an eye, cyan is what tm did, dim is detail, bold is a heading. */
  readonly tone: Readonly<Record<Tone, Paint>>;
  /** A peer's own colour, the same in every run of a test and in every view. A help for the eye only: its name always stands there. */
  peer(name: string): Paint;
}

/** Middle tones that can be read on light and on dark, none of them near a colour with a meaning. */
const MANY_HUES = [33, 133, 130, 66, 99, 67, 139, 137, 61, 173] as const;

/**
 * The palette on a terminal's colours. The peers of one run get different ones as long as there are enough: each its
 * own by its name, or the next that is free.
 */
export function createPalette(color: ChalkInstance, peers: readonly string[] = []): Palette {
  const hues: readonly Paint[] =
    color.level >= 2
      ? MANY_HUES.map((hue) => paint(color.ansi256(hue)))
      : [color.magenta, color.blueBright, color.magentaBright, color.blue].map(paint);
  const chosen = chooseHues(peers, hues.length);
  return {
    tone: {
      plain: (text) => text,
      good: paint(color.green),
      bad: paint(color.red),
      caution: paint(color.yellow),
      sent: paint(color.cyan),
      quiet: paint(color.dim),
      strong: paint(color.bold),
    },
    peer: (name) => hues[chosen.get(name) ?? hash(name) % hues.length] ?? ((text) => text),
  };
}

/** A hue for each name, the same for the same names whatever their order. */
function chooseHues(names: readonly string[], hues: number): ReadonlyMap<string, number> {
  const chosen = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of [...names].sort()) {
    let hue = hash(name) % hues;
    while (taken.size < hues && taken.has(hue)) hue = (hue + 1) % hues;
    taken.add(hue);
    chosen.set(name, hue);
  }
  return chosen;
}

/** A chalk style takes any number of texts; as the callback of a `map` it would paint the index too. */
const paint =
  (style: ChalkInstance): Paint =>
  (text) =>
    style(text);

/** FNV-1a: spreads names that differ in one character. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
