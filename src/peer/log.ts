import { format } from 'node:util';
import { LOG_LEVELS, type LogLevel } from '../model/wire.ts';

/** Writes `level|message` lines. Returns at once and never throws; values are formatted as `console.log` does. */
export interface PeerLog {
  /** The least grave level that is sent. */
  readonly level: LogLevel;
  error(message: unknown, ...values: readonly unknown[]): void;
  warn(message: unknown, ...values: readonly unknown[]): void;
  info(message: unknown, ...values: readonly unknown[]): void;
  debug(message: unknown, ...values: readonly unknown[]): void;
  trace(message: unknown, ...values: readonly unknown[]): void;
}

/** A log that hands the lines of `level` and graver to `write`. */
export function createLog(level: LogLevel, write: (line: string) => void): PeerLog {
  const loudest = LOG_LEVELS.indexOf(level);
  const at = (own: LogLevel) => {
    if (LOG_LEVELS.indexOf(own) > loudest) return () => {};
    return (message: unknown, ...values: readonly unknown[]) => write(`${own}|${textOf(message, values)}`);
  };
  return { level, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), trace: at('trace') };
}

function textOf(message: unknown, values: readonly unknown[]): string {
  try {
    return format(message, ...values);
  } catch (error) {
    // A value's own toString or getter: a log line is no reason for a peer to fail.
    return `a log line whose values cannot be shown: ${error instanceof Error ? error.message : typeof error}`;
  }
}
