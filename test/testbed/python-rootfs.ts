import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rootfs, sharedLibraries } from './rootfs.ts';
import { runCommand } from './run-command.ts';

/** Of the interpreter itself, whatever launcher, shim or virtual environment `python3` is. */
const askInstallation = `
import json, os, sys, sysconfig
print(json.dumps({
    "program": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "version": "%d.%d" % sys.version_info[:2],
    "library": sysconfig.get_path("stdlib"),
    "extensions": sysconfig.get_config_var("DESTSHARED"),
}))`;

interface Installation {
  readonly program: string;
  /** Such as `3.11`. */
  readonly version: string;
  readonly library: string;
  /** The directory of compiled modules. */
  readonly extensions: string;
}

// What a peer has no use for, and the real image has not all of it either: tests, terminals, databases, installers, compiled copies.
const leftOut = [
  ...['tests?', 'idlelib', 'ensurepip', 'lib2to3', 'tkinter', 'turtledemo'],
  ...['site-packages', 'dist-packages', 'config-.*', '__pycache__', 'lib-dynload'],
];
const extensionsLeftOut = /^(_test|_ctypes_test|_xx|xx|_tkinter|_curses|_sqlite3|_dbm|_gdbm|readline|nis|ossaudiodev)/;

/** This machine's Python with its standard library, laid out as in the real image: below /usr/local, where Python finds it by itself. */
export async function pythonRootfs(): Promise<Rootfs> {
  const { program, version, library, extensions } = JSON.parse(
    await runCommand('python3', ['-c', askInstallation]),
  ) as Installation;
  const inside = `/usr/local/lib/python${version}`;
  const modules = (await readdir(extensions)).filter((file) => file.endsWith('.so') && !extensionsLeftOut.test(file));
  // glibc opens it by name when a thread is ended from outside, as those are that outlive the interpreter; no program lists it.
  const libgcc = (await sharedLibraries(process.execPath)).filter((file) => /\/libgcc_s\.so\.\d+$/.test(file));
  return {
    programs: {
      ...Object.fromEntries(libgcc.map((file) => [file, file])),
      [`/usr/local/bin/python${version}`]: program,
      ...Object.fromEntries(modules.map((file) => [`${inside}/lib-dynload/${file}`, join(extensions, file)])),
    },
    links: {
      '/usr/local/bin/python3': `python${version}`,
      '/usr/local/bin/python': `python${version}`,
    },
    trees: { [inside]: { source: library, without: `^(${leftOut.join('|')})$` } },
    stripped: 'all',
  };
}
