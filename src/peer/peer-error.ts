/**
 * What the client library throws. `code`: `configuration` (the environment or the options are not usable), `unreachable` (no Redis within
 * the time given), `refused` (Redis answers, and says no), `closed` (the client was closed first).
 */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: 'configuration' | 'unreachable' | 'refused' | 'closed';

  constructor(code: PeerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
