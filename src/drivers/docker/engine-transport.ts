import type { Duplex } from 'node:stream';
import type { TmError } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';

/** A way to the API of one engine. */
export interface EngineTransport {
  /** Missing for the control machine's own engine. */
  readonly host?: HostName;
  /** For messages: `host-1`, `this machine`. */
  readonly where: string;
  /** Streams that may be open at once. */
  readonly maxConnections: number;
  /** Opens a stream. It is given back at once and connects behind the scenes; a failure is its `error` event. */
  connect(): Duplex;
  /** A failed stream's error in words for a person. */
  explain(error: Error): TmError;
}
