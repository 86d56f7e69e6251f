import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig, { glob } from 'ssh-config';
import { byCodePoint } from '../../lib/code-point-order.ts';
import { TmError } from '../../model/fault.ts';

/** As in OpenSSH. */
const MAX_INCLUDE_DEPTH = 16;

/** What a config file says of one host: keys in lower case, each with its values in order. */
export type SshSettings = ReadonlyMap<string, readonly string[]>;

/** Looks up what `~/.ssh/config` says; each file is read once. `home` is where `~` is. */
export class SshConfigFile {
  readonly #path: string;
  readonly #home: string;
  #parsed: Promise<SSHConfig> | undefined;

  constructor(home: string) {
    this.#home = home;
    this.#path = join(home, '.ssh/config');
  }

  /** The settings for a host as it is written; empty where there is no file. */
  async settings(alias: string): Promise<SshSettings> {
    this.#parsed ??= this.#parse();
    const config = await this.#parsed;
    // `Match exec` is left out: it would block everything else while a program runs.
    const computed: Record<string, string | string[]> = config.compute(alias, { ignoreCase: true, matchExec: false });
    return new Map(Object.entries(computed).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  }

  async #parse(): Promise<SSHConfig> {
    const text = await this.#read(this.#path, 0);
    try {
      return SSHConfig.parse(text);
    } catch (error) {
      const message = `${this.#path} cannot be read: ${(error as Error).message}`;
      throw new TmError({ kind: 'failed', message }, { cause: error });
    }
  }

  /** The text of a file with those that it includes in their places: the parser leaves `Include` alone. */
  async #read(path: string, depth: number): Promise<string> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
      throw new TmError({ kind: 'failed', message: `${path} cannot be read: ${error.message}` }, { cause: error });
    });
    const lines: string[] = [];
    let section = 'Host *';
    for (const line of text.split(/\r?\n/)) {
      if (/^\s*(host|match)[\s=]/i.test(line)) section = line;
      const include = /^\s*include\s*[\s=]\s*(.+?)\s*$/i.exec(line)?.[1];
      if (include === undefined || depth >= MAX_INCLUDE_DEPTH) {
        lines.push(line);
        continue;
      }
      for (const file of await this.#included(include)) lines.push(await this.#read(file, depth + 1));
      // What follows belongs again to the section that the include stands in.
      lines.push(section);
    }
    return lines.join('\n');
  }

  async #included(patterns: string): Promise<readonly string[]> {
    const words = [...patterns.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
    const files = await Promise.all(words.map((word) => this.#matching(word)));
    return files.flat();
  }

  /** Files that a pattern stands for; only its last part may hold wildcards. */
  async #matching(pattern: string): Promise<readonly string[]> {
    const tilde = pattern.replace(/^~(?=\/)/, this.#home);
    const path = isAbsolute(tilde) ? tilde : join(this.#home, '.ssh', tilde);
    if (!/[*?]/.test(basename(path))) return [path];
    const names = await readdir(dirname(path)).catch(() => []);
    return names
      .filter((name) => glob(basename(path), name))
      .sort(byCodePoint)
      .map((name) => join(dirname(path), name));
  }
}
