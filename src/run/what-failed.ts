import { assertNever } from '../lib/assert-never.ts';
import type { Action } from '../model/plan.ts';

/** What it means that a step failed, in words: why the steps behind it are not done. */
export function whatFailed(action: Action): string {
  switch (action.kind) {
    case 'image.pull':
      return `${action.ref} could not be pulled`;
    case 'image.send':
      return `${action.ref} could not be sent to ${action.on}`;
    case 'image.remove':
      return `${action.ref} could not be removed from ${placeName(action.on)}`;
    case 'redis.start':
      return 'Redis did not start';
    case 'redis.remove':
      return 'Redis could not be removed';
    case 'redis.remove-former':
      return 'the earlier Redis could not be removed';
    case 'redis.prepare':
      return 'Redis could not be prepared';
    case 'peer.run':
      return `${action.peer} could not be started on ${action.on}`;
    case 'peer.remove':
      return `${action.name} could not be removed from ${action.on}`;
    default:
      return assertNever(action);
  }
}

const placeName = (on: string): string => (on === 'control' ? 'this machine' : on);
