import { basename, dirname, join } from 'node:path';

/** Where what is known of one local process is kept. Directories are 0700, files 0600. */
export interface ProcessFiles {
  readonly directory: string;
  /** What was asked for, its environment included: what a restart needs. */
  readonly record: string;
  /** Which process supervises it now. */
  readonly supervisor: string;
  /** Stdout and stderr, in order. */
  readonly output: string;
  /** There while it is being ended by us. */
  readonly stopping: string;
  /** Seconds that it asks to wait before it is started again. */
  readonly delay: string;
  /** Its exit status; all of these are in one directory, so that one watch sees every end. */
  readonly exit: string;
}

/** Files of the process that is called `name`, below the directory for all of them. */
export function filesOf(root: string, name: string): ProcessFiles {
  const directory = join(root, name);
  return {
    directory,
    record: join(directory, 'process.json'),
    supervisor: join(directory, 'supervisor.json'),
    output: join(directory, 'output.log'),
    stopping: join(directory, 'stopping'),
    delay: join(directory, 'delay'),
    exit: join(exitDirectory(root), name),
  };
}

/** The same, from the directory of that one process. */
export const filesIn = (directory: string): ProcessFiles => filesOf(dirname(directory), basename(directory));

/** Holds the exit status of each process, by name. */
export const exitDirectory = (root: string): string => join(root, 'exits');
