import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether a person can be asked: both the question and the answer go through a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks a yes-or-no question on the terminal; anything but yes is no. Ends with the signal as no. */
export async function askYesNo(question: string, signal?: AbortSignal): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, process.stderr, signal);
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for a text that is not shown as it is typed; undefined for an empty answer. */
export async function askSecret(question: string, signal?: AbortSignal): Promise<string | undefined> {
  process.stderr.write(`${question} `);
  // Readline echoes what is typed to its output; this one shows nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask('', silent, signal);
  process.stderr.write('\n');
  return answer === '' ? undefined : answer;
}

async function ask(question: string, output: NodeJS.WritableStream, signal: AbortSignal | undefined): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await prompt.question(question, signal === undefined ? {} : { signal });
  } catch {
    return '';
  } finally {
    prompt.close();
  }
}
