import { TmError } from '../../model/fault.ts';
import type { ImageRef } from '../../model/names.ts';
import type { Courier, Images, Progress } from '../../ports/images.ts';
import { explainEngineError } from './engine-error.ts';
import { deliverImage, type Recipient } from './image-delivery.ts';
import { DockerImages } from './images.ts';

interface Waiting {
  readonly recipient: Recipient;
  readonly resolve: (bytes: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Takes images from one engine to others. What is asked for in the same turn shares one export. */
export class DockerCourier implements Courier {
  readonly #from: DockerImages;
  readonly #waiting = new Map<ImageRef, Waiting[]>();

  constructor(from: DockerImages) {
    this.#from = from;
  }

  send(ref: ImageRef, to: Images, have: ReadonlySet<string>, progress: Progress, signal: AbortSignal): Promise<number> {
    if (!(to instanceof DockerImages)) throw new Error('this courier only serves Docker engines');
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(ref);
      const one = { recipient: { to, have, progress, signal }, resolve, reject };
      if (waiting !== undefined) {
        waiting.push(one);
        return;
      }
      this.#waiting.set(ref, [one]);
      setImmediate(() => void this.#deliver(ref));
    });
  }

  /** Settles all that wait for an image, each by itself. */
  async #deliver(ref: ImageRef): Promise<void> {
    const waiting = this.#waiting.get(ref) ?? [];
    this.#waiting.delete(ref);
    try {
      const image = await this.#from.find(ref, NEVER);
      if (image === undefined) {
        const message = `the control machine has no image ${ref}`;
        throw new TmError({ kind: 'failed', message, hint: `build it, or pull it: docker pull ${ref}` });
      }
      const results = await deliverImage(
        this.#from.api,
        image,
        waiting.map(({ recipient }) => recipient),
      );
      await Promise.all(results.map((result, at) => settle(waiting[at]!, ref, image.identity, result)));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

/** An export serves several callers, so none of their signals ends it: it ends with the last of them. */
const NEVER = new AbortController().signal;

async function settle(
  { recipient, resolve, reject }: Waiting,
  ref: ImageRef,
  identity: string,
  result: PromiseSettledResult<number>,
): Promise<void> {
  const { to, signal } = recipient;
  const { transport } = to.api;
  if (result.status === 'rejected') {
    return reject(
      signal.aborted ? signal.reason : explainEngineError(result.reason, `could not send ${ref}`, transport),
    );
  }
  try {
    const there = await to.find(ref, signal);
    if (there?.identity === identity) return resolve(result.value);
    const message = `${ref} was sent to ${transport.where}, but what stands there under that name is not the same image`;
    const { host } = transport;
    reject(new TmError({ kind: 'failed', message, ...(host === undefined ? {} : { host }) }));
  } catch (error) {
    reject(error);
  }
}
