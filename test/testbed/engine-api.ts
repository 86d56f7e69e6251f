import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import type { Readable } from 'node:stream';

export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: Readable | object;
  readonly timeoutMs?: number;
}

/** One request to the Engine API behind a Unix socket; gives the body as text. Rejects on any status from 400. */
export function engineRequest(socketPath: string, path: string, options: EngineRequest = {}): Promise<string> {
  const { method = 'GET', body, timeoutMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    const stream = isReadable(body) ? body : undefined;
    const call = request({
      socketPath,
      path,
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: body === undefined ? {} : { 'Content-Type': stream ? 'application/x-tar' : 'application/json' },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('error', reject);
      response.once('end', () => {
        const status = response.statusCode ?? 0;
        if (status < 400) return resolve(text);
        reject(new Error(`${method} ${path} at ${socketPath} gave ${status}: ${text.trim()}`));
      });
    });
    if (stream) stream.once('error', reject).pipe(call);
    else call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** True when the engine answers its ping; never rejects. */
export async function engineAnswers(socketPath: string): Promise<boolean> {
  return engineRequest(socketPath, '/_ping', { timeoutMs: 2_000 }).then(
    () => true,
    () => false,
  );
}

/** `docker import`: makes a one-layer image of a tar; `changes` are Dockerfile instructions such as `CMD ["sh"]`. */
export async function importImage(
  socketPath: string,
  tar: string,
  reference: string,
  changes: readonly string[],
): Promise<void> {
  const at = reference.lastIndexOf(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: reference.slice(0, at), tag: reference.slice(at + 1) });
  for (const change of changes) query.append('changes', change);
  const answer = await engineRequest(socketPath, `/images/create?${query}`, {
    method: 'POST',
    body: createReadStream(tar),
    timeoutMs: 120_000,
  });
  // The status is sent before the work is done, so a failure stands in the body.
  if (answer.includes('"error"')) throw new Error(`importing ${reference} failed: ${answer.trim()}`);
}

function isReadable(body: Readable | object | undefined): body is Readable {
  return body !== undefined && 'pipe' in body;
}
