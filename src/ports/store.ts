import type { EvidenceFile } from '../model/event.ts';
import type { Fault, LockHolder } from '../model/fault.ts';
import type { PeerName, RunId, TestName } from '../model/names.ts';
import type { UsedRun } from '../model/observed.ts';
import type { HostSpec } from '../model/spec.ts';
import type { ManagedRedis } from './redis-server.ts';

/**
 * What tm remembers between calls: a cache and a journal under `.tm/<test>/` (mode 0700). The truth is on the hosts;
 * with this lost, `tm destroy config.yaml` still finds everything, and with the config lost, `tm destroy` finds the hosts here.
 */
export interface State {
  readonly version: 1;
  readonly test: TestName;
  /** Absolute path of the config file. */
  readonly file: string;
  /** Written before a host is touched. */
  readonly hosts: readonly HostSpec[];
  /** The managed Redis, if it is one; `external` URLs are remembered only without their password. */
  readonly redis: ManagedRedis | { readonly kind: 'external'; readonly display: string };
  /** URL at which the control machine reaches the managed Redis, password included (the file is 0600). */
  readonly redisUrl?: string;
  readonly redisPassword?: string;
  readonly images: readonly string[];
  readonly lastRun?: RunId;
  readonly usedRuns: readonly UsedRun[];
}

/** The memory of one test. */
export interface Store {
  /** For messages: `.tm/smoke`. */
  readonly path: string;
  readState(): Promise<State | undefined>;
  /** Replaces it atomically. */
  writeState(state: State): Promise<void>;
  /** Forgets the state (after a complete destroy); runs and their evidence stay. */
  clearState(): Promise<void>;
  /** Takes the test's lock or says who has it; a holder that died on this machine is replaced. */
  lock(holder: LockHolder): Promise<StoreLock | { readonly heldBy: LockHolder }>;
  /** Who holds that lock now; nobody where it was a process of `machine`, which is this one, and that has died. Takes nothing. */
  holder(machine: string): Promise<LockHolder | undefined>;
  /** Opens the directory of a run, new or resumed. */
  openRun(run: RunId): Promise<RunStore>;
  /** The directory of an earlier run of this test; undefined where none is kept here. Makes nothing. */
  keptRun(run: RunId): Promise<KeptRun | undefined>;
}

/** The directory of a run that is over, or whose tm was killed: what is missing there can still be added. */
export interface KeptRun extends Pick<RunStore, 'path' | 'containerLog' | 'write'> {
  /** Whether it has a file of this name, such as `containers/alice.log`. */
  has(name: string): Promise<boolean>;
}

export interface StoreLock extends AsyncDisposable {
  readonly held: true;
}

/** The directory of one run. Writes are in order; each resolves when the system has the bytes. */
export interface RunStore extends AsyncDisposable {
  readonly path: string;
  /** Number of events already in the journal (of an earlier attempt). */
  readonly events: number;
  /** Bytes that they take. */
  readonly journalBytes: number;
  /** Appends lines, each without its newline, to `events.ndjson`. */
  journal(lines: readonly string[]): Promise<void>;
  /** Appends text to `run.log`. */
  log(text: string): Promise<void>;
  /**
   * Writes `containers/<peer>.log` from the pieces given. Of more than `maxBytes` the first quarter and the last three are kept, whole
   * lines where they are not too long, with a line between them that says how many bytes are missing. What came before a failure of
   * the source is kept, and the failure thrown.
   */
  containerLog(peer: PeerName, pieces: AsyncIterable<string>, maxBytes: number): Promise<EvidenceFile>;
  /** Writes a file, such as `plan.json` or `containers/alice.json`, whole or not at all, in place of an earlier one. */
  write(name: string, text: string): Promise<EvidenceFile>;
}

/** Finds the stores of a working directory. */
export interface Stores {
  open(test: TestName): Store;
  /** Every test that has a state, last used first. One that cannot be used is told and left out: it is no reason to forget the others. */
  known(onUnusable?: (fault: Fault) => void): Promise<readonly State[]>;
}
