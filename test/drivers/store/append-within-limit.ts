/** Appends to the file named by its argument under a limit on file sizes, and tells what came of it; see file-store.test.ts. */
import { stat } from 'node:fs/promises';
import { AppendFile } from '../../../src/drivers/store/append-file.ts';

/** What came of one append, and the file's size after it. */
export type Told = `${string}, ${number} bytes`;

const path = process.argv[2]!;
const told: Told[] = [];

async function main(): Promise<void> {
  await using file = await AppendFile.open(path, 'the file', 'cut');
  const append = async (text: string): Promise<void> => {
    const outcome = await file.append(text).then(
      () => 'written',
      (error: Error) => error.message,
    );
    told.push(`${outcome}, ${(await stat(path)).size} bytes`);
  };
  await append('a'.repeat(600));
  await Promise.all([append('b'.repeat(300)), append('c'.repeat(300))]);
  await append('d'.repeat(400));
}

main().then(() => console.log(JSON.stringify(told)));
