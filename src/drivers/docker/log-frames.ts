import { StringDecoder } from 'node:string_decoder';

const HEADER_BYTES = 8;

/**
 * The text in an engine's log stream, stdout and stderr in their order. Each frame has a header: its stream (1 stdout,
 * 2 stderr), three zeros, its length. A character that is cut by the end of a frame is joined again.
 */
export async function* logText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoders = new Map<number, StringDecoder>();
  let rest: Buffer = Buffer.alloc(0);
  let stream = 0;
  let missing = 0;
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let text = '';
    while (rest.length > 0) {
      if (missing === 0) {
        if (rest.length < HEADER_BYTES) break;
        stream = rest[0]!;
        missing = rest.readUInt32BE(4);
        rest = rest.subarray(HEADER_BYTES);
        continue;
      }
      const piece = rest.subarray(0, missing);
      const decoder = decoders.get(stream) ?? new StringDecoder('utf8');
      decoders.set(stream, decoder);
      text += decoder.write(piece);
      missing -= piece.length;
      rest = rest.subarray(piece.length);
    }
    if (text !== '') yield text;
  }
}
