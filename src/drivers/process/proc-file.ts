import { readFileSync } from 'node:fs';

/**
 * A file of `/proc`, or '' where there is none or it is not for this user. These files are made in memory as they are read: nothing
 * waits for a disk, and through the thread pool each would cost three times as much (20 µs).
 */
export function readProcFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
