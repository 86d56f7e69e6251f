import { readFileSync } from 'node:fs';
import type { Requirement } from '../../clients/conformance/requirement.ts';

export interface ProtocolKey {
  readonly name: string;
  readonly type: string;
  readonly writer: 'tm' | 'peer';
  readonly reader: 'tm' | 'peer';
  readonly write: string;
  readonly read?: string;
  readonly since: string;
}

/** schemas/protocol.json, in the shape that protocol-json.test.ts proves. */
export interface Protocol {
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly environment: readonly { readonly name: string; readonly need: string; readonly default?: string }[];
  readonly keys: readonly ProtocolKey[];
  readonly statuses: readonly string[];
  readonly commands: readonly { readonly form: string }[];
  readonly logLevels: readonly string[];
  readonly statusStream: { readonly fields: readonly string[]; readonly maxLength: number };
  readonly heartbeat: { readonly form: string; readonly intervalMs: number };
  readonly restart: { readonly exitCode: number; readonly delayFile: string };
  readonly timing: Readonly<Record<string, number>>;
  readonly requirements: readonly Requirement[];
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

export const readProtocol = (): Protocol => JSON.parse(read('schemas/protocol.json')) as Protocol;
export const readProtocolDocument = (): string => read('docs/protocol.md');
