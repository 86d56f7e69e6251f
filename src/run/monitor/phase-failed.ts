/** The test failed in a phase for reasons that are the peers', not ours: they become reasons of the verdict. */
export class PhaseFailed extends Error {
  readonly reasons: readonly string[];

  constructor(...reasons: readonly string[]) {
    super(reasons.join('; '));
    this.name = 'PhaseFailed';
    this.reasons = reasons;
  }
}
