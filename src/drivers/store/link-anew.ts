import { link } from 'node:fs/promises';
import { errorCode } from './file-fault.ts';

/** Gives an existing file a second name; false where that name is taken. Unlike a file that is created and then written, nobody sees it half done. */
export async function linkAnew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
