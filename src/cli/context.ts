import type { Output } from '../views/output.ts';

/** What every command needs of the process it runs in. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly unicode: boolean;
  readonly environment: NodeJS.ProcessEnv;
}
