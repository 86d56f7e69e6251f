/**
 * Error words by which a Redis says "not now": it loads, runs a script, follows another one, begins to (which ends a wait for a command),
 * lacks followers of its own, or is out of memory or disk.
 */
const NOT_NOW = /^(LOADING|BUSY|MASTERDOWN|READONLY|UNBLOCKED|NOREPLICAS|OOM|MISCONF|TRYAGAIN|CLUSTERDOWN)\b/;

/** Whether the same command may succeed later: all that is no answer of Redis's (a lost connection), and the answers that mean "not now". */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== 'ReplyError' || NOT_NOW.test(error.message);
}
