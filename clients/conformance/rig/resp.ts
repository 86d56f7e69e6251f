/** A value of Redis's wire format, RESP 2 or 3: maps are lists of keys and values in turn, an error is an `Error`. */
export type Resp = string | number | boolean | null | Error | readonly Resp[];

interface Parsed {
  readonly value: Resp;
  readonly end: number;
  /** Not an answer to anything: a push message of RESP 3. */
  readonly pushed?: boolean;
}

/** Reads a stream of RESP values that comes in pieces of any size. */
export class RespReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next piece; gives the values that are now complete, without push messages. Throws where it is no RESP. */
  read(piece: Buffer): readonly Resp[] {
    const bytes = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    const values: Resp[] = [];
    let at = 0;
    for (let parsed = parse(bytes, at); parsed !== undefined; parsed = parse(bytes, at)) {
      if (parsed.pushed !== true) values.push(parsed.value);
      at = parsed.end;
    }
    this.#pending = bytes.subarray(at);
    return values;
  }
}

function parse(bytes: Buffer, from: number): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', from);
  if (lineEnd < 0) return undefined;
  const kind = String.fromCharCode(bytes[from] ?? 0);
  const text = bytes.toString('utf8', from + 1, lineEnd);
  const end = lineEnd + 2;
  switch (kind) {
    case '+':
    case '(':
      return { value: text, end };
    case '-':
      return { value: new Error(text), end };
    case ':':
    case ',':
      return { value: Number(text), end };
    case '#':
      return { value: text === 't', end };
    case '_':
      return { value: null, end };
    case '$':
    case '=':
    case '!':
      return parseBulk(bytes, Number(text), end);
    case '*':
    case '~':
    case '>': {
      const list = parseList(bytes, Number(text), end);
      return list && { ...list, pushed: kind === '>' };
    }
    case '%':
      return parseList(bytes, Number(text) * 2, end);
    default:
      // A command typed by hand.
      return { value: bytes.toString('utf8', from, lineEnd).split(' '), end };
  }
}

function parseBulk(bytes: Buffer, length: number, from: number): Parsed | undefined {
  if (length < 0) return { value: null, end: from };
  const end = from + length + 2;
  return end > bytes.length ? undefined : { value: bytes.toString('utf8', from, from + length), end };
}

function parseList(bytes: Buffer, length: number, from: number): Parsed | undefined {
  if (length < 0) return { value: null, end: from };
  const values: Resp[] = [];
  let at = from;
  for (let i = 0; i < length; i++) {
    const parsed = parse(bytes, at);
    if (parsed === undefined) return undefined;
    values.push(parsed.value);
    at = parsed.end;
  }
  return { value: values, end: at };
}
