/** The least that a Docker engine takes, in bytes. */
const LEAST = 6 * 1024 * 1024;

const MEMORY = /^(\d{1,15}(?:\.\d{1,3})?)([bkmgt]?)(?:b|ib)?$/i;
const POWER: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/** Reads an amount of memory such as `256m` or `1.5g`, in bytes; gives what is wrong as a sentence. */
export function readMemory(written: string | number): number | { readonly malformed: string } {
  const parts = MEMORY.exec(String(written));
  if (parts === null) return { malformed: `"${written}" is no amount of memory` };
  const bytes = Math.round(Number(parts[1]) * 1024 ** (POWER[(parts[2] ?? '').toLowerCase()] ?? 0));
  if (bytes < LEAST) return { malformed: `at least 6m of memory is wanted, and ${written} is less` };
  if (!Number.isSafeInteger(bytes)) return { malformed: `${written} of memory is more than any machine has` };
  return bytes;
}
