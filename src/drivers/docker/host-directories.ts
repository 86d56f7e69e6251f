import { mkdir, rmdir } from 'node:fs/promises';

/** Directories of the machine that an engine runs on, made as the user that tm is there. */
export interface HostDirectories {
  /** Absolute. */
  home(signal: AbortSignal): Promise<string>;
  /** With its parents; nothing happens where it is there already. */
  make(path: string, signal: AbortSignal): Promise<void>;
  /** Does nothing where it is gone or has something in it. */
  removeEmpty(path: string, signal: AbortSignal): Promise<void>;
}

/** Those of this machine. */
export function localDirectories(home: string): HostDirectories {
  return {
    home: async () => home,
    make: async (path) => void (await mkdir(path, { recursive: true })),
    removeEmpty: async (path) => {
      try {
        await rmdir(path);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      }
    },
  };
}
