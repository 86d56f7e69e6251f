/** Closes what there is to close; a resource that does not close cleanly is gone all the same, so nothing is thrown. */
export async function disposeQuietly(...resources: readonly (AsyncDisposable | undefined)[]): Promise<void> {
  await Promise.allSettled(resources.map(async (resource) => resource?.[Symbol.asyncDispose]()));
}
