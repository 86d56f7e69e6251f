/** Time, behind a port: nothing outside `drivers/` reads a clock or sets a timer, so that a whole run can be played under a manual clock. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary zero. */
  now(): number;
  /** Wall time in milliseconds since 1970, UTC. */
  wall(): number;
  /** Resolves at `now() >= deadline`, as close to it as the machine can; rejects with the signal's reason. */
  sleepUntil(deadline: number, signal?: AbortSignal): Promise<void>;
}
