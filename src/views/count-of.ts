/** A number with its noun: `1 peer`, `5 peers`, `2 statuses`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
