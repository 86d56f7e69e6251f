/** The test failed in a phase for a reason that is the peers', not ours: it becomes a reason of the verdict. */
export class PhaseFailed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PhaseFailed';
  }
}
