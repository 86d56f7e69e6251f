/** How a person asked for a run, as far as it matters for what to type next. Nothing in it is secret. */
export interface AskedBy {
  /** What runs it, before its config: `tm apply`. */
  readonly program: string;
  /** Words that say which test is meant, with which Redis: `--var`, `size=9`. They belong to every command about it. */
  readonly which: readonly string[];
  /** Words that say how it was run: `--fail-fast`. */
  readonly how: readonly string[];
  /** Others follow, so that it is not the newest run for long. */
  readonly oneOfSeveral: boolean;
}

/** `tm apply` and the config, no more. */
export const ASKED_PLAINLY: AskedBy = { program: 'tm apply', which: [], how: [], oneOfSeveral: false };
