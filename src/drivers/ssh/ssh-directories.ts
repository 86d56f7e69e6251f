import type { SFTPWrapper } from 'ssh2';
import { TmError } from '../../model/fault.ts';
import type { SshConnection } from './connection.ts';
import { within } from './within.ts';

const TIMEOUT_MS = 15_000;
// Of the SFTP protocol. Servers answer FAILURE both for what exists already and for what is not empty.
const NO_SUCH_FILE = 2;

type Callback<T> = (error: Error | null | undefined, value: T) => void;

/** Directories of a host, over SFTP; by commands where the server has no SFTP. */
export class SshDirectories {
  readonly #connection: SshConnection;
  #home: Promise<string> | undefined;
  #hasSftp = true;

  constructor(connection: SshConnection) {
    this.#connection = connection;
  }

  /** The user's home there; absolute. */
  async home(signal: AbortSignal): Promise<string> {
    this.#home ??= this.#either(
      (sftp) => call<string>(sftp, (done) => sftp.realpath('.', done)),
      // What the login shell prints stands in front.
      async () => (await this.#command(['sh', '-c', 'cd && pwd'])).trim().split('\n').at(-1) ?? '',
    );
    try {
      return await within(this.#home, undefined, signal);
    } catch (error) {
      this.#home = undefined;
      throw error;
    }
  }

  /** Makes a directory with its parents; nothing happens where it is there already. */
  async make(path: string, signal: AbortSignal): Promise<void> {
    const work = this.#either(
      (sftp) => makeWithParents(sftp, path),
      async () => void (await this.#command(['mkdir', '-p', '--', path])),
    );
    await within(work, undefined, signal).catch((error: unknown) => {
      if (signal.aborted || error instanceof TmError) throw error;
      const { host } = this.#connection.target;
      const message = `could not make the directory ${path} on ${host}: ${(error as Error).message}`;
      throw new TmError({ kind: 'failed', host, message }, { cause: error });
    });
  }

  /** Does nothing where it is gone, or where something is in it. */
  async removeEmpty(path: string, signal: AbortSignal): Promise<void> {
    const work = this.#either(
      (sftp) => call<void>(sftp, (done) => sftp.rmdir(path, (error) => done(error, undefined))).catch(ignoreStatus),
      async () => void (await this.#connection.exec(['rmdir', '--', path])),
    );
    await within(work, undefined, signal);
  }

  async #either<T>(bySftp: (sftp: SFTPWrapper) => Promise<T>, byCommand: () => Promise<T>): Promise<T> {
    if (this.#hasSftp) {
      let sftp: SFTPWrapper | undefined;
      try {
        sftp = await this.#connection.sftp();
      } catch (error) {
        if (error instanceof TmError) throw error;
        this.#hasSftp = false;
      }
      if (sftp !== undefined) return bySftp(sftp);
    }
    return byCommand();
  }

  async #command(argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#connection.exec(argv);
    if (code !== 0) throw new Error(stderr.trim() || `${argv[0]} ended with ${code}`);
    return stdout;
  }
}

async function makeWithParents(sftp: SFTPWrapper, path: string): Promise<void> {
  try {
    await call<void>(sftp, (done) => sftp.mkdir(path, (error) => done(error, undefined)));
  } catch (error) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (statusOf(error) === NO_SUCH_FILE && parent !== '') {
      await makeWithParents(sftp, parent);
      return makeWithParents(sftp, path);
    }
    const stats = await call(sftp, (done: Callback<{ isDirectory(): boolean }>) => sftp.stat(path, done)).catch(
      () => undefined,
    );
    if (stats?.isDirectory() !== true) throw error;
  }
}

/** One SFTP call as a promise; also ends when the channel does. */
async function call<T>(sftp: SFTPWrapper, start: (done: Callback<T>) => void): Promise<T> {
  let lose = () => {};
  const answer = new Promise<T>((resolve, reject) => {
    lose = () => reject(new Error('the SFTP channel was closed'));
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
  sftp.setMaxListeners(0).once('close', lose);
  try {
    return await within(answer, { ms: TIMEOUT_MS, late: () => new Error('SFTP did not answer') });
  } finally {
    sftp.off('close', lose);
  }
}

const statusOf = (error: unknown): unknown => (error as { code?: unknown }).code;

function ignoreStatus(error: unknown): void {
  // A status is the server's answer; anything else is a fault of the wire.
  if (typeof statusOf(error) !== 'number') throw error;
}
