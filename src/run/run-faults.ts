import type { Fault } from '../model/fault.ts';

/** More than one fault at once, each for a person to see. */
export class RunFaults extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => fault.message).join('; '));
    this.name = 'RunFaults';
    this.faults = faults;
  }
}
