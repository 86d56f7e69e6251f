import type { Request } from './link.ts';
import type { Resp } from './resp.ts';

/** A command of the timeline that left the queue. */
export interface TakenCommand {
  readonly text: string;
  /** By which it left. */
  readonly request: Request;
}

/** A request that Redis did, in capitals, with its answer, also where that came with an EXEC. */
interface Done {
  readonly request: Request;
  readonly command: string;
  readonly args: readonly string[];
  readonly reply: Resp;
  readonly answeredMs: number;
}

/** The commands that left the peer's queue, in the order in which Redis gave them away. What was only looked at has not left. */
export function takenCommands(requests: readonly Request[], peer: string): readonly TakenCommand[] {
  const key = `${peer}_command`;
  // What was read of the head of the queue, from the left: an LTRIM does not say what it removes.
  let head: readonly string[] = [];
  return done(requests).flatMap((each) => {
    head = readOfHead(each, key) ?? head;
    const texts = leaving(each, key, head);
    if (each.command === 'LTRIM') head = head.slice(texts.length);
    return texts.map((text) => ({ text, request: each.request }));
  });
}

/** In the order of the answers: a connection may wait for long while others are served. */
function done(requests: readonly Request[]): readonly Done[] {
  const found: Done[] = [];
  const open = new Map<number, Request[]>();
  const add = (request: Request, reply: Resp | undefined, answeredMs: number) => {
    const [command = '', ...args] = request.words;
    if (reply === undefined || reply === null || reply instanceof Error) return;
    found.push({ request, command: command.toUpperCase(), args, reply, answeredMs });
  };
  for (const request of requests) {
    const { link, reply, answeredMs = 0 } = request;
    const inside = open.get(link);
    const command = request.words[0]?.toUpperCase();
    if (command === 'MULTI') open.set(link, []);
    else if (command === 'EXEC' || command === 'DISCARD') {
      if (command === 'EXEC' && isList(reply)) inside?.forEach((each, i) => void add(each, reply[i], answeredMs));
      open.delete(link);
    } else if (inside === undefined) add(request, reply, answeredMs);
    else if (!(reply instanceof Error)) inside.push(request);
  }
  return found.sort((a, b) => a.answeredMs - b.answeredMs);
}

/** The texts that a request took out of the list. */
function leaving({ command, args, reply }: Done, key: string, head: readonly string[]): readonly string[] {
  const [first = '', second = '', third = ''] = args;
  switch (command) {
    case 'BLPOP':
    case 'BRPOP':
    case 'LMPOP':
    case 'BLMPOP':
      return isList(reply) && reply[0] === key ? textsOf(reply[1]) : [];
    case 'LPOP':
    case 'RPOP':
      return first === key ? textsOf(reply) : [];
    case 'LMOVE':
    case 'BLMOVE':
    case 'RPOPLPUSH':
    case 'BRPOPLPUSH':
      return first === key && second !== key ? textsOf(reply) : [];
    case 'LREM':
      return first === key ? Array.from({ length: Number(reply) }, () => third) : [];
    case 'LTRIM':
      return first === key && Number(second) > 0 ? head.slice(0, Number(second)) : [];
    default:
      return [];
  }
}

/** What a request read of the list from its left end on; undefined where it did not. */
function readOfHead({ command, args, reply }: Done, key: string): readonly string[] | undefined {
  const [first, second, third] = args;
  if (first !== key) return undefined;
  if ((command === 'LRANGE' || command === 'LINDEX') && second === '0') return textsOf(reply);
  if ((command === 'LMOVE' || command === 'BLMOVE') && second === key && third?.toUpperCase() === 'LEFT')
    return args[3]?.toUpperCase() === 'LEFT' ? textsOf(reply) : [];
  return undefined;
}

const isList = (reply: Resp | undefined): reply is readonly Resp[] => Array.isArray(reply);
const textsOf = (reply: Resp | undefined): readonly string[] =>
  isList(reply) ? reply.map(String) : reply === undefined || reply === null ? [] : [String(reply)];
