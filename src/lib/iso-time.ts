/** ISO 8601 with milliseconds, UTC. The one place outside the drivers that may name `Date`: it formats a time given to it and reads no clock. */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** What `isoTime` made, as milliseconds since 1970; NaN for a text that is no time. */
export function wallMsOf(iso: string): number {
  return Date.parse(iso);
}
