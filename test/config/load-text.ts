import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.ts';
import type { ConfigFault } from '../../src/model/fault.ts';

/** Loads a config from its text, under the name `t.yaml`. */
export function loadText(text: string, options?: LoadOptions): Promise<LoadedConfig> {
  return loadConfig(new TextEncoder().encode(text), 't.yaml', options);
}

/** The faults of a text, one a line, with the text that they point at: `3:5 «tiem» error unknown-key: message | suggestion`. */
export async function faultsOf(text: string, options?: LoadOptions): Promise<readonly string[]> {
  return (await loadText(text, options)).faults.map(faultLine);
}

export function faultLine(fault: ConfigFault): string {
  const { line, column, length, severity, code, message, suggestion, source } = fault;
  const pointedAt = source.slice(column - 1, column - 1 + length);
  const tail = suggestion === undefined ? '' : ` | ${suggestion}`;
  return `${line}:${column} «${pointedAt}» ${severity} ${code}: ${message}${tail}`;
}
