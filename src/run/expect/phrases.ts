/** A length of time, never rounded up: `12.4 s`, `30 s`, `250 ms`. Milliseconds. */
export function lengthText(ms: number): string {
  if (ms < 1000) return `${Math.floor(ms)} ms`;
  return `${Math.floor(ms / 100) / 10} s`;
}

/** An offset as a file would have it: `20 s`, `0.5 s`. Milliseconds. */
export const boundText = (ms: number): string => `${Math.round(ms) / 1000} s`;

/** An offset at which something happened: `at 3.120 s`, or `1.204 s before the timeline`. Milliseconds. */
export function atText(ms: number): string {
  return ms < 0 ? `${(-ms / 1000).toFixed(3)} s before the timeline` : `at ${(ms / 1000).toFixed(3)} s`;
}

/** What a peer said, in quotes, on one line and not too long. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `"${line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line}"`;
}

const LONGEST = 90;

/** `alice`, `alice and bob`, `alice, bob, carol and 4 more`. */
export function listText(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `1 log line`, `84 log lines`. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
