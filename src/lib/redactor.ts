import { type KeptMembers, mapStrings } from './map-strings.ts';
import { REDACTED } from './redact.ts';
import type { Secret } from './secret.ts';

/** A shorter text would be found everywhere, and what is left out would spell it. Characters. */
const SHORTEST = 4;

/**
 * Looks for the secrets that it was told, in every form in which they are likely to be written (as they are, in a URL, in JSON), and
 * puts `[redacted]` in their place. A text without any costs one search for each form.
 */
export class Redactor {
  /** Longest first, so that of two that begin alike the whole is left out. */
  #forms: readonly string[] = [];
  #pattern: RegExp | undefined;

  /** From here on these are left out. Secrets shorter than 4 characters are not looked for. */
  hide(...secrets: readonly (Secret | undefined)[]): void {
    const forms = secrets.flatMap((secret) => (secret === undefined ? [] : formsOf(secret.reveal())));
    if (forms.every((form) => this.#forms.includes(form))) return;
    this.#forms = [...new Set([...this.#forms, ...forms])].sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(this.#forms.map(literally).join('|'), 'g');
  }

  /** Whether a secret stands in the text. */
  finds(text: string): boolean {
    return this.#forms.some((form) => text.includes(form));
  }

  /** The text without them. */
  text(text: string): string {
    return this.#pattern === undefined || !this.finds(text) ? text : text.replace(this.#pattern, REDACTED);
  }

  /** Plain JSON data without them: strings in it are redacted, but for those of kept members. */
  value<T>(value: T, kept?: KeptMembers): T {
    return mapStrings(value, (text) => this.text(text), kept);
  }

  /** A stream of text without them, also where one lies across pieces: the last few characters wait for the next piece. */
  async *stream(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    const pattern = this.#pattern;
    const longest = this.#forms[0]?.length ?? 0;
    let waiting = '';
    for await (const piece of pieces) {
      if (pattern === undefined) {
        yield piece;
        continue;
      }
      waiting += piece;
      let decided = Math.max(0, waiting.length - longest + 1);
      // One that begins where all of it can be seen is left out whole, wherever it ends.
      for (const found of waiting.matchAll(pattern)) {
        if (found.index >= decided) break;
        decided = Math.max(decided, found.index + found[0].length);
      }
      if (decided === 0) continue;
      yield this.text(waiting.slice(0, decided));
      waiting = waiting.slice(decided);
    }
    if (waiting !== '') yield this.text(waiting);
  }
}

/** The ways in which a secret may be written. */
function formsOf(secret: string): readonly string[] {
  const plain = [secret, ...[secret].flatMap(decoded)];
  const inUrls = plain.flatMap((text) => [...encoded(text), ...inUserInfo(text)]);
  const escaped = [...plain, ...inUrls].flatMap((text) => [text, lowerHex(text)]);
  const inJson = escaped.map((text) => JSON.stringify(text).slice(1, -1));
  return [...new Set([...escaped, ...inJson])].filter((form) => form.length >= SHORTEST);
}

function encoded(text: string): readonly string[] {
  try {
    const component = encodeURIComponent(text);
    return [component, component.replaceAll('%20', '+')];
  } catch {
    // Half of a pair of surrogates: no URL can hold it.
    return [];
  }
}

/** What the password of a URL looks like: fewer characters are escaped there than in a component. */
function inUserInfo(text: string): readonly string[] {
  const url = new URL('redis://host');
  url.password = text;
  return [url.password];
}

function decoded(text: string): readonly string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}

const lowerHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
