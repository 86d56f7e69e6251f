import type { RuleFailure } from '../rules.ts';

/** The test failed in a phase for reasons that are the peers', not ours: they become reasons of the verdict. */
export class PhaseFailed extends Error {
  readonly failures: readonly RuleFailure[];

  constructor(...failures: readonly RuleFailure[]) {
    super(failures.map(({ reason }) => reason).join('; '));
    this.name = 'PhaseFailed';
    this.failures = failures;
  }
}
