import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SshConnector, type SshQuestions } from '../../../src/drivers/ssh/connector.ts';
import { type Fault, TmError } from '../../../src/model/fault.ts';
import { hostName } from '../../../src/model/names.ts';
import type { ConnectionSpec, HostSpec } from '../../../src/model/spec.ts';

type SshSpec = Extract<ConnectionSpec, { kind: 'ssh' }>;

/** A home directory with a `.ssh` in it, for tests of what is read and written there. */
export interface SshHome extends AsyncDisposable {
  readonly path: string;
  /** Replaces a file of `.ssh`. */
  write(name: string, text: string): Promise<string>;
  /** A file of `.ssh`; empty where there is none. */
  read(name: string): Promise<string>;
  /** Permissions of a file of `.ssh`. */
  modeOf(name: string): Promise<number>;
  /** An SSH client that knows this home, as a new process would have it. */
  connector(questions?: SshQuestions, env?: Readonly<Record<string, string>>): SshConnector;
}

export async function makeSshHome(): Promise<SshHome> {
  const path = await mkdtemp(join(tmpdir(), 'tm-ssh-home-'));
  const file = (name: string) => join(path, '.ssh', name);
  await mkdir(file(''), { mode: 0o700 });
  return {
    path,
    write: async (name, text) => {
      await writeFile(file(name), text, { mode: 0o600 });
      return file(name);
    },
    read: (name) => readFile(file(name), 'utf8').catch(() => ''),
    modeOf: async (name) => (await stat(file(name))).mode & 0o777,
    connector: (questions = {}, env = {}) => new SshConnector({ home: path, env, localUser: 'nobody' }, questions),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A host entry that is reached over SSH. */
export const sshHostSpec = (name: string, address: string, connection: Partial<SshSpec> = {}): HostSpec => ({
  name: hostName(name),
  address,
  connection: { kind: 'ssh', ...connection },
  ...{ runtime: { kind: 'docker' }, basePort: 12_000, tags: [] },
});

/** The fault that a call fails with. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TmError) return error.fault;
  throw new Error(`expected a TmError, got ${error}`);
}
