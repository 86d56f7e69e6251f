const MIB = 1024 * 1024;

/** How large the files of a run may become, in bytes. What is left out is counted, and told by the event `evidence-saved`. */
export const LIMITS = {
  /** Of each container's output the first quarter and the last three quarters of this are kept. */
  containerLog: 64 * MIB,
  /** From here on log lines are left out of the journal; all other events are still written. */
  journal: 1024 * MIB,
  /** The same for the readable log. */
  runLog: 1024 * MIB,
} as const;
