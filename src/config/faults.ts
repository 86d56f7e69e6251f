import type { ConfigFault } from '../model/fault.ts';
import type { Location } from './source.ts';

/** A fault that keeps the config from being used. */
export function error(at: Location, code: string, message: string, suggestion?: string): ConfigFault {
  return { severity: 'error', code, message, ...(suggestion === undefined ? {} : { suggestion }), ...at };
}

/** Something that is probably not meant, though it can be used. */
export function warning(at: Location, code: string, message: string, suggestion?: string): ConfigFault {
  return { severity: 'warning', code, message, ...(suggestion === undefined ? {} : { suggestion }), ...at };
}
