const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A number of bytes for a person: three significant digits, powers of 1000, as engines and disks count: `18.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // Rounded before it is compared, so that 999,950 bytes are 1 MB and not 1000 kB.
  while (rounded(value) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : rounded(value)} ${UNITS[unit] ?? 'B'}`;
}

const rounded = (value: number): number => Number(value.toPrecision(3));
