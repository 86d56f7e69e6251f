/** The part of a connection that most of the library needs. */
export interface Sender {
  /** Resolves when commands can be sent; throws `PeerError` `closed` when that will never be. */
  ready(): Promise<void>;
  /** Gives Redis's answer. Where none comes it rejects, and nobody knows whether the command was executed. */
  call(command: string, ...words: readonly string[]): Promise<unknown>;
}
