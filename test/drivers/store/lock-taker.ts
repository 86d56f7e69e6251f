/** A process that takes a lock when it is told to; see lock-file.test.ts. */
import { hostname } from 'node:os';
import { createFileStores } from '../../../src/drivers/store/stores.ts';
import { testName } from '../../../src/model/names.ts';
import type { StoreLock } from '../../../src/ports/store.ts';

export type TakerOrder = { readonly kind: 'take'; readonly run: string } | { readonly kind: 'release' };
export type TakerAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'held'; readonly by: string }
  | { readonly kind: 'released' }
  | { readonly kind: 'failed'; readonly message: string };

const store = createFileStores(process.argv[2]!).open(testName('smoke'));
let lock: StoreLock | undefined;

async function obey(order: TakerOrder): Promise<TakerAnswer> {
  if (order.kind === 'release') {
    await lock?.[Symbol.asyncDispose]();
    lock = undefined;
    return { kind: 'released' };
  }
  const since = new Date().toISOString();
  const holder = { test: 'smoke', run: order.run, pid: process.pid, machine: hostname(), user: 'alice', since };
  const answer = await store.lock(holder);
  if ('heldBy' in answer) return { kind: 'held', by: answer.heldBy.run };
  lock = answer;
  return { kind: 'taken' };
}

process.on('message', (order: TakerOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ kind: 'failed', message: String(error) } satisfies TakerAnswer),
  );
});
