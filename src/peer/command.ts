import { restartDelay, SHUTDOWN_COMMAND } from '../model/wire.ts';

/** A command from the timeline. `raw` is the text as it came. */
export type PeerCommand =
  | { readonly kind: 'connect'; readonly raw: string }
  | { readonly kind: 'disconnect'; readonly raw: string }
  | { readonly kind: 'shutdown'; readonly raw: string }
  /** Go down, and come up again after `delaySeconds` (whole ones, 0 or more): `client.restart(command.delaySeconds)`. */
  | { readonly kind: 'restart'; readonly delaySeconds: number; readonly raw: string }
  /** Here is another peer's address. */
  | { readonly kind: 'peer'; readonly multiaddr: string; readonly raw: string }
  /** The test's own: `fields` is `raw` split at each `|`, so `fields[0]` is its word. */
  | { readonly kind: 'test'; readonly fields: readonly string[]; readonly raw: string };

/** Understands any text; what is none of the protocol's words is a `test` command. */
export function parseCommand(raw: string): PeerCommand {
  if (raw === 'connect' || raw === 'disconnect') return { kind: raw, raw };
  if (raw === SHUTDOWN_COMMAND) return { kind: 'shutdown', raw };
  const delaySeconds = restartDelay(raw);
  if (delaySeconds !== undefined) return { kind: 'restart', delaySeconds: Math.ceil(delaySeconds), raw };
  if (raw.startsWith('peer|') && raw.length > 'peer|'.length) {
    return { kind: 'peer', multiaddr: raw.slice('peer|'.length), raw };
  }
  return { kind: 'test', fields: raw.split('|'), raw };
}
