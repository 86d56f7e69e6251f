import { TmError } from '../../model/fault.ts';

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'run tm as the user who owns it, or from a directory that you may write to',
  EPERM: 'run tm as the user who owns it, or from a directory that you may write to',
  EROFS: 'run tm from a directory that can be written to',
  ENOSPC: 'free some space on that disk, or run tm from a directory on another',
  EDQUOT: 'free some space on that disk, or run tm from a directory on another',
  EISDIR: 'a directory stands in its place: move it away',
  EEXIST: 'something that is no directory stands in its place: move it away',
  ENOTDIR: 'something that is no directory stands in its place: move it away',
  ENAMETOOLONG: 'give the test a shorter name',
};

/** A failed file operation as a fault: `doing` says what was tried, such as `cannot write .tm/smoke/lock`. */
export function fileFault(doing: string, error: unknown): TmError {
  if (error instanceof TmError) return error;
  const text = error instanceof Error ? error.message : String(error);
  // Node says "ENOSPC: no space left on device, write".
  const reason = /^[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text;
  const hint = HINTS[errorCode(error) ?? ''];
  return new TmError(
    { kind: 'failed', message: `${doing}: ${reason}`, ...(hint === undefined ? {} : { hint }) },
    { cause: error },
  );
}

/** The system's word for what went wrong: `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
