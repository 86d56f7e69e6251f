import type { LogLevel } from '../../model/wire.ts';
import type { Marks } from '../marks.ts';
import type { Tone } from '../palette.ts';

/** One thing that happened, ready to be told: who, what kind, which words. When, and how wide the screen is, come later. */
export interface Entry {
  readonly who: Who;
  readonly mark: Exclude<keyof Marks, 'bar' | 'spinner'>;
  /** Colours the mark; `bad` and `caution` colour the text too. */
  readonly tone: Tone;
  /** For a peer's log line. */
  readonly level?: LogLevel;
  /** As it came, possibly of several lines and with control characters: the layout makes it harmless. */
  readonly text: string;
  /** A detail behind the text. */
  readonly note?: string;
  /** Lines that belong below it: a hint, a peer's last words. */
  readonly below?: readonly string[];
}

/** Whom a line is about; `tm` for the run as a whole. */
export type Who =
  | { readonly kind: 'peer'; readonly name: string }
  | { readonly kind: 'place'; readonly name: string }
  | { readonly kind: 'tm' };

export const TM: Who = { kind: 'tm' };
export const peer = (name: string): Who => ({ kind: 'peer', name });
export const quoted = (text: string): string => `"${text}"`;

/** A detail of the run as a whole. */
export const aside = (text: string): Entry => ({ who: TM, mark: 'info', tone: 'quiet', text });

/** Something that wants an eye, and what to do about it. */
export function caution(who: Who, text: string, hint?: string): Entry {
  return { who, mark: 'caution', tone: 'caution', text, ...(hint === undefined ? {} : { below: [hint] }) };
}
