import type { Draft } from './draft.ts';
import { milliseconds } from './milliseconds.ts';
import type { Command } from './test-config.generated.ts';

/** When a command of the file is to be sent, as it says itself. Milliseconds. */
export type Start =
  | { readonly kind: 'time'; readonly atMs: number }
  /** Behind the command with this id, or without one behind the command before it in the file. */
  | { readonly kind: 'after'; readonly id?: string; readonly delayMs: number }
  | { readonly kind: 'when'; readonly withinMs: number };

/** The start of a command; of several the first counts, and undefined is one without any, which is a fault. */
export function readStart({ time, after, when, within }: Draft<Command>): Start | undefined {
  if (time !== undefined) return { kind: 'time', atMs: milliseconds(time) };
  if (typeof after === 'number') return { kind: 'after', delayMs: milliseconds(after) };
  if (after !== undefined) {
    const { id, seconds } = splitAfter(after);
    return { kind: 'after', ...(id === undefined ? {} : { id }), delayMs: milliseconds(seconds) };
  }
  return when === undefined ? undefined : { kind: 'when', withinMs: milliseconds(within ?? 0) };
}

/** `+3`, `join` or `join +3`, as the schema allows them. */
export function splitAfter(after: string): { readonly id?: string; readonly seconds: number } {
  const [id = '', seconds = '0'] = after.split('+').map((part) => part.trim());
  return id === '' ? { seconds: Number(seconds) } : { id, seconds: Number(seconds) };
}
