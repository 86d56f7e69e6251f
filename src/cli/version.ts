import { readFileSync } from 'node:fs';

/** Put in by the build (scripts/build.mjs). */
declare const __TM_VERSION__: string | undefined;

/** The version of this `tm`, as package.json has it. */
export const VERSION: string = typeof __TM_VERSION__ === 'string' ? __TM_VERSION__ : fromPackage();

/** For a `tm` that runs from its sources. */
function fromPackage(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
