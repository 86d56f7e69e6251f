import type { Request } from './link.ts';

/** A status as the peer wrote it to its key. */
export interface StatusWrite {
  readonly text: string;
  /** Only where there is none: what a client does after a reconnect. */
  readonly onlyIfNone: boolean;
  readonly request: Request;
}

/** An entry that the peer appended to its status stream. */
export interface StreamWrite {
  readonly id: string;
  /** The most entries that are kept, where the peer says so. */
  readonly maxLength: number | undefined;
  readonly fields: ReadonlyMap<string, string>;
  readonly request: Request;
}

const word = (request: Request, at: number): string => request.words[at] ?? '';

/** The name of a command, in capitals. */
export const commandOf = (request: Request): string => word(request, 0).toUpperCase();

/** Those that Redis did: not where it refused, where no answer came, or where the transaction around it did not come about. */
function executed(requests: readonly Request[]): readonly Request[] {
  const undone = new Set<Request>();
  const open = new Map<number, Request[]>();
  for (const request of requests) {
    const command = commandOf(request);
    if (command === 'MULTI') open.set(request.link, []);
    else if (command === 'EXEC' || command === 'DISCARD') {
      if (!Array.isArray(request.reply)) for (const inside of open.get(request.link) ?? []) undone.add(inside);
      open.delete(request.link);
    } else open.get(request.link)?.push(request);
    if (request.reply === undefined || request.reply instanceof Error) undone.add(request);
  }
  for (const inside of [...open.values()].flat()) undone.add(inside);
  return requests.filter((request) => !undone.has(request));
}

/** The requests of a command on a key. */
export const requestsOn = (requests: readonly Request[], key: string): readonly Request[] =>
  requests.filter((request) => word(request, 1) === key);

/** Statuses in the order in which they were written, by whatever command. */
export function statusWrites(requests: readonly Request[], peer: string): readonly StatusWrite[] {
  return requestsOn(executed(requests), `${peer}_status`).flatMap((request) => {
    const options = request.words.slice(3).map((option) => option.toUpperCase());
    switch (commandOf(request)) {
      case 'SET':
      case 'GETSET':
        return [{ text: word(request, 2), onlyIfNone: options.includes('NX'), request }];
      case 'SETNX':
        return [{ text: word(request, 2), onlyIfNone: true, request }];
      case 'SETEX':
      case 'PSETEX':
        return [{ text: word(request, 3), onlyIfNone: false, request }];
      default:
        return [];
    }
  });
}

/** Entries in the order in which they were appended. */
export function streamWrites(requests: readonly Request[], peer: string): readonly StreamWrite[] {
  return requestsOn(executed(requests), `${peer}_statuses`)
    .filter((request) => commandOf(request) === 'XADD')
    .map((request) => {
      const words = request.words.slice(2);
      let maxLength: number | undefined;
      while (/^(NOMKSTREAM|MAXLEN|MINID|LIMIT)$/i.test(words[0] ?? '')) {
        const option = words.shift()?.toUpperCase();
        if (option === 'NOMKSTREAM') continue;
        if (/^[=~]$/.test(words[0] ?? '')) words.shift();
        const value = words.shift();
        if (option === 'MAXLEN') maxLength = Number(value);
      }
      const [id = '', ...pairs] = words;
      const fields = new Map<string, string>();
      for (let i = 0; i + 1 < pairs.length; i += 2) fields.set(pairs[i] ?? '', pairs[i + 1] ?? '');
      return { id, maxLength, fields, request };
    });
}

/** The requests between each MULTI and its EXEC, a connection at a time. */
export function transactions(requests: readonly Request[]): readonly (readonly Request[])[] {
  const found: Request[][] = [];
  const open = new Map<number, Request[]>();
  for (const request of requests) {
    const command = commandOf(request);
    if (command === 'MULTI') open.set(request.link, []);
    else if (command === 'EXEC' || command === 'DISCARD') {
      const inside = open.get(request.link);
      if (inside !== undefined && command === 'EXEC' && Array.isArray(request.reply)) found.push(inside);
      open.delete(request.link);
    } else open.get(request.link)?.push(request);
  }
  return found;
}

/** The heartbeats in the order in which they were sent. */
export const heartbeats = (requests: readonly Request[], peer: string): readonly Request[] =>
  requestsOn(requests, `${peer}_heartbeat`).filter((request) => commandOf(request) === 'SET');
