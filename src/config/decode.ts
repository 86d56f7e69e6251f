import type { SpanFault } from './span-fault.ts';

/** The largest config that is read, in bytes. */
export const MAX_BYTES = 8 * 1024 * 1024;

/** What YAML does not allow in a text: control characters but tab, newline and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/;

/** The text of a config file, without a byte order mark, and what is wrong with its bytes; with a fault it is only good for showing. */
export function decode(bytes: Uint8Array): { readonly text: string; readonly fault?: SpanFault } {
  if (bytes.length > MAX_BYTES) {
    const size = (bytes.length / 1024 / 1024).toFixed(1);
    return {
      text: '',
      fault: error('too-large', `the file has ${size} MiB; at most 8 MiB are read`, 0, 'is it the right file?'),
    };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undecodable(bytes);
  }
  const control = CONTROL.exec(text);
  if (control === null) return { text };
  const number = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return {
    text,
    fault: error('control-character', `the character U+${number} is not allowed`, control.index, 'remove it'),
  };
}

function undecodable(bytes: Uint8Array): { readonly text: string; readonly fault: SpanFault } {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = new TextDecoder('utf-8').decode(bytes);
  const hint = utf16 ? 'it looks like UTF-16: save it as UTF-8' : 'save it as UTF-8';
  // `stream` leaves a cut last character out, so that what is decoded ends where the fault begins.
  const at = new TextDecoder('utf-8').decode(bytes.subarray(0, validPrefix(bytes)), { stream: true }).length;
  return { text, fault: error('not-utf8', 'the file is not UTF-8', at, hint) };
}

/** Length in bytes of the longest valid beginning, by bisection: a beginning is valid when it decodes but for a cut last character. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (decodes(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function error(code: string, message: string, at: number, suggestion: string): SpanFault {
  return { severity: 'error', code, message, suggestion, span: { start: at, end: at + 1 } };
}
