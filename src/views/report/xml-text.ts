import { safeText } from '../safe-text.ts';

const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A stranger's text in XML, in an element or an attribute: without terminal sequences, control characters and whatever XML 1.0 forbids. */
export function xmlText(text: string): string {
  return safeText(text)
    .replace(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => NAMES[character] ?? '');
}

/** The same on one line, for attributes, which would lose their line ends. */
export const xmlAttribute = (text: string): string => xmlText(text).replace(/\s+/g, ' ').trim();
