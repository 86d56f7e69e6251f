import type { Fault } from '../../model/fault.ts';

/** A fault in few words, for the middle and the end of a run. The full form, with carets, is the fault view's. */
export interface FaultText {
  /** What failed, with its host in front unless the message says it. */
  readonly message: string;
  /** Where in a config file, and what to try. */
  readonly details: readonly string[];
}

/** The words of a fault. `about` names what failed (a peer, an image) where the message does not. */
export function faultText(fault: Fault, about?: string): FaultText {
  const located =
    fault.kind === 'config'
      ? fault.faults.map(({ file, line, column, message, suggestion }) =>
          [`${file}:${line}:${column} ${message}`, ...(suggestion === undefined ? [] : [`(${suggestion})`])].join(' '),
        )
      : [];
  const subject = about ?? ('host' in fault ? fault.host : undefined);
  const message =
    subject === undefined || fault.message.includes(subject) ? fault.message : `${subject}: ${fault.message}`;
  return { message, details: [...located, ...(fault.hint === undefined ? [] : [fault.hint])] };
}
