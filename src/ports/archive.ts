import type { PeerName } from '../model/names.ts';

/** A run whose directory is kept. */
export interface ArchivedRun {
  /** Name of its directory, which is the run's id. */
  readonly run: string;
  /** Absolute path of the directory. */
  readonly path: string;
}

/** The runs that are kept under `.tm/`, for reading. Methods throw `TmError`: `usage` for a run that is not there, `failed` for one that cannot be read. */
export interface Archive {
  /** Every kept run of every test, newest first. */
  runs(): Promise<readonly ArchivedRun[]>;
  /** The run that `name` means: an id or the beginning of just one, the path of its directory or of its journal. Without a name, the newest. */
  find(name?: string): Promise<ArchivedRun>;
  /** Lines of its journal, in order, without their newlines; the last one may be cut short by a crash. With `follow`, live, until the signal. */
  journal(run: ArchivedRun, options?: { readonly follow?: AbortSignal }): AsyncIterable<string>;
  /** The whole lines among the last `bytes` of its journal, in order: how a run ended, without reading all of it. */
  tail(run: ArchivedRun, bytes: number): Promise<readonly string[]>;
  /** What a peer's container wrote, in pieces; nothing where none was kept. */
  containerLog(run: ArchivedRun, peer: PeerName): AsyncIterable<string>;
  /** Writes a file into its directory, whole or not at all; gives its path. */
  write(run: ArchivedRun, name: string, content: string): Promise<string>;
}
