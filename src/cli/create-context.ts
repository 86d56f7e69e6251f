import type { Context } from './context.ts';
import { outputOf, showsUnicode } from './output/terminal.ts';

/** The process that tm runs in, as its commands see it. */
export function createContext(): Context {
  const { env } = process;
  return {
    stdout: outputOf(process.stdout, env),
    stderr: outputOf(process.stderr, env),
    unicode: showsUnicode(env),
    environment: env,
  };
}
