/** Times as the page shows them: never by a clock or a locale of now. */

const MINUS = '\u2212';

/** Milliseconds as seconds for a column: `12.031`, `−0.534`. */
export function seconds(ms: number): string {
  const text = (Math.abs(ms) / 1000).toFixed(3);
  return ms < 0 && text !== '0.000' ? MINUS + text : text;
}

/** The same in a sentence: `12.031 s`. */
export const inSeconds = (ms: number): string => `${seconds(ms)} s`;

/** A short length: `0.4 ms`, `812 ms`, `5.2 s`. */
export function span(ms: number): string {
  if (ms < 0) return MINUS + span(-ms);
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${Number((ms / 1000).toFixed(ms < 99_950 ? 1 : 0))} s`;
}

/** `2026-02-03 14:02:11 UTC`, of an ISO 8601 time in UTC. */
export const wallTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** `14:02:11.031`. */
export const timeOfDay = (iso: string): string => iso.slice(11, 23);
