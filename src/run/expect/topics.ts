import type { Pattern } from '../../model/expectation.ts';
import { anyText } from './any-text.ts';
import type { DemandWatch } from './demand-watch.ts';
import { patternText } from './pattern.ts';
import type { PeerWatch } from './peer-watch.ts';

/** One peer under one demand. */
export interface Watching {
  readonly demand: DemandWatch;
  readonly watch: PeerWatch;
}

/** All who look for the same pattern in what one peer says: it is searched once for all of them. */
export interface Topic {
  readonly pattern: Pattern;
  readonly matches: (text: string) => boolean;
  readonly watching: Map<PeerWatch, Watching>;
}

/** Topics to search a text for, and those that hold a text, of which most texts hold none. */
interface Search {
  readonly regexes: readonly Topic[];
  readonly texts: readonly Topic[];
  readonly anyText: (text: string) => boolean;
}

const NONE: readonly Topic[] = [];

/** What is looked for in one kind of thing that one peer says. Whoever walks through the topics may remove some meanwhile. */
export class Topics {
  #all = NONE;
  #search: Search | undefined;

  all(): readonly Topic[] {
    return this.#all;
  }

  /** The topics whose pattern a log line matches. */
  inLine(message: string): readonly Topic[] {
    if (this.#all.length === 0) return NONE;
    this.#search ??= searchFor(this.#all);
    const { regexes, texts, anyText: any } = this.#search;
    let found: Topic[] | undefined;
    for (const topic of regexes) {
      if (!topic.matches(message)) continue;
      found ??= [];
      found.push(topic);
    }
    if (texts.length === 0 || !any(message)) return found ?? NONE;
    return [...(found ?? []), ...texts.filter((topic) => topic.matches(message))];
  }

  add(pattern: Pattern, watching: Watching): void {
    const known = this.#all.find(
      (topic) => topic.pattern.kind === pattern.kind && textOf(topic) === patternText(pattern),
    );
    if (known !== undefined) {
      known.watching.set(watching.watch, watching);
      return;
    }
    const { matches } = watching.demand;
    this.#all = [...this.#all, { pattern, matches, watching: new Map([[watching.watch, watching]]) }];
    this.#search = undefined;
  }

  remove(watch: PeerWatch): void {
    for (const topic of this.#all) topic.watching.delete(watch);
    if (this.#all.every(({ watching }) => watching.size > 0)) return;
    this.#all = this.#all.filter(({ watching }) => watching.size > 0);
    this.#search = undefined;
  }
}

const textOf = ({ pattern }: Topic): string => patternText(pattern);

function searchFor(topics: readonly Topic[]): Search {
  const texts = topics.filter(({ pattern }) => pattern.kind === 'text');
  return {
    regexes: topics.filter(({ pattern }) => pattern.kind === 'regex'),
    texts,
    anyText: anyText(texts.map(textOf)),
  };
}
