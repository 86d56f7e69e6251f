import type { TestName } from '../../model/names.ts';
import type { HandRequest } from '../../ports/bus.ts';
import { handKey } from './own-keys.ts';
import type { Reply } from './redis-call.ts';
import { RedisLinkLost } from './redis-fault.ts';
import type { RedisLink } from './redis-link.ts';

/** Requests that are read at once. */
const BATCH = 100;
/** Seconds after which a request that no run took is gone. */
const KEPT_S = 3_600;
/** Characters of one request; a longer one is nobody's who means well. */
const LONGEST = 1 << 20;

/** Leaves a request for the tm that runs the test. */
export async function putRequest(link: RedisLink, test: TestName, request: HandRequest): Promise<void> {
  const [pushed] = await link.pipeline([
    ['rpush', handKey(test), JSON.stringify(request)],
    ['expire', handKey(test), KEPT_S],
  ]);
  if (pushed instanceof Error) throw pushed;
}

/** Forgets what was asked for and not taken. */
export async function dropRequests(link: RedisLink, test: TestName): Promise<void> {
  await link.call('del', handKey(test));
}

/** Takes what is asked for, in order and each request once: one is removed only after it was told, and known again if it is still there. */
export class HandRequests {
  readonly #key: string;
  readonly #tell: (request: HandRequest) => void;
  #link: RedisLink | undefined;
  #wanted = false;
  #loop: Promise<void> | undefined;
  /** Told, and perhaps not yet removed. */
  #told: readonly string[] = [];

  constructor(test: TestName, tell: (request: HandRequest) => void) {
    this.#key = handKey(test);
    this.#tell = tell;
  }

  async connected(link: RedisLink): Promise<void> {
    await this.#loop;
    this.#link = link;
    this.woken();
    await this.#loop;
  }

  lost(): void {
    this.#link = undefined;
  }

  async stop(): Promise<void> {
    this.#link = undefined;
    await this.#loop;
  }

  /** Somebody has asked for something, or may have. */
  woken(): void {
    this.#wanted = true;
    const link = this.#link;
    if (link === undefined || this.#loop !== undefined) return;
    this.#loop = this.#take(link).finally(() => {
      this.#loop = undefined;
    });
  }

  async #take(link: RedisLink): Promise<void> {
    try {
      while (this.#wanted && this.#link === link) {
        this.#wanted = false;
        const texts = (await link.call('lrange', this.#key, 0, BATCH - 1)) as readonly Reply[];
        if (texts.length === 0) continue;
        this.#tellNew(texts.map(String));
        await link.call('ltrim', this.#key, texts.length, -1);
        this.#told = [];
        this.#wanted = true;
      }
    } catch (error) {
      // A break is the session's affair; a refusal (of a key that is no list) must not end a run: nobody is heard then.
      if (error instanceof RedisLinkLost && this.#link === link) this.#wanted = true;
    }
  }

  #tellNew(texts: readonly string[]): void {
    // Those that could not be removed are still the first ones.
    const known = texts.slice(0, this.#told.length).every((text, i) => text === this.#told[i]) ? this.#told.length : 0;
    this.#told = texts;
    for (const text of texts.slice(known)) {
      const request = parseRequest(text);
      if (request !== undefined) this.#tell(request);
    }
  }
}

/** A stranger may have written anything there: what is no request is ignored. */
function parseRequest(text: string): HandRequest | undefined {
  if (text.length > LONGEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, peer, command, by } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof peer !== 'string' || typeof command !== 'string' || typeof by !== 'string') {
    return undefined;
  }
  return { id, peer, command, by };
}
