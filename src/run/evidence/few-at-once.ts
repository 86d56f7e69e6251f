/** Containers of one host that are read at the same time. */
const AT_ONCE = 32;

/** Does `work` for each of some containers of one host, a few at a time. Gives the results as they came. */
export async function fewAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const waiting = [...all];
  const results: R[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await work(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
