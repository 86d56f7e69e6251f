import { writeFile } from 'node:fs/promises';

/** Writes the seconds that the entrypoint sleeps before it runs the peer again: whole ones, rounded up, 0 for what is no time. */
export async function writeDelay(file: string, seconds: number): Promise<void> {
  const whole = Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 0;
  await writeFile(file, `${whole}\n`);
}
