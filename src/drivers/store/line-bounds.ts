/** How far a line's end or beginning is looked for; a longer line is cut between two characters. Bytes. */
const LONGEST_LINE = 1 << 16;
const NEWLINE = 0x0a;

/** Bytes of `head` to keep so that it ends with a whole line. */
export function wholeLinesOf(head: Uint8Array): number {
  const from = Math.max(0, head.length - LONGEST_LINE);
  const newline = head.subarray(from).lastIndexOf(NEWLINE);
  if (newline >= 0) return from + newline + 1;
  let end = head.length;
  // The bytes behind the first of a character; then that one, too, unless it stands alone.
  while (end > 0 && isContinuation(head[end - 1])) end -= 1;
  return end > 0 && head[end - 1]! >= 0x80 ? end - 1 : end;
}

/** Bytes of `tail` to leave out so that it begins with a whole line. */
export function tornLineOf(tail: Uint8Array): number {
  const newline = tail.subarray(0, LONGEST_LINE).indexOf(NEWLINE);
  if (newline >= 0) return newline + 1;
  let start = 0;
  while (start < tail.length && isContinuation(tail[start])) start += 1;
  return start;
}

/** What stands in a file in place of its middle. */
export const leftOutLine = (bytes: number): string => `--- ${bytes} bytes are left out here ---\n`;

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
