import { type LockHolder, TmError } from '../model/fault.ts';

/** The fault of a lock that somebody else holds. */
export function lockedFault(holder: LockHolder, what: string): TmError {
  return new TmError({
    kind: 'locked',
    holder,
    message: `${what} is in use by another run: ${holder.user}@${holder.machine}, process ${holder.pid}, since ${holder.since}`,
    hint: 'wait for it, or stop it there with Ctrl-C; a run that died gives its lock up by itself',
  });
}
