import type { Args } from './input/args.ts';
import { parseCommandLine } from './input/args.ts';
import { helpText } from './input/usage.ts';
import { VERSION } from './version.ts';

/** `tm`: understands the command line, loads the one command that was asked for, and ends with its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  let args: Args | undefined;
  try {
    args = parseCommandLine(argv, process.env);
    if (args.version) return print(`tm ${VERSION}\n`);
    if (args.help) return print(helpText(args.command));
    return await runCommandOf(args);
  } catch (error) {
    const { reportError } = await import('./output/report-error.ts');
    return reportError(error, { json: args?.json ?? false, verbose: args?.verbose ?? false });
  }
}

/** Each command comes with its libraries only when it is asked for: help and validate need neither SSH nor Redis. */
async function runCommandOf(args: Args): Promise<number> {
  const { createContext } = await import('./create-context.ts');
  const context = createContext();
  switch (args.command) {
    case 'run':
    case 'apply':
      return (await import('./commands/run.ts')).runCommand(args, context);
    case 'plan':
      return (await import('./commands/plan.ts')).planCommand(args, context);
    case 'destroy':
      return (await import('./commands/destroy.ts')).destroyCommand(args, context);
    case 'watch':
      return (await import('./commands/watch.ts')).watchCommand(args, context);
    case 'status':
      return (await import('./commands/status.ts')).statusCommand(args, context);
    case 'send':
      return (await import('./commands/send.ts')).sendCommand(args, context);
    case 'runs':
      return (await import('./commands/runs.ts')).runsCommand(args, context);
    case 'logs':
      return (await import('./commands/logs.ts')).logsCommand(args, context);
    case 'replay':
      return (await import('./commands/replay.ts')).replayCommand(args, context);
    case 'report':
      return (await import('./commands/report.ts')).reportCommand(args, context);
    case 'validate':
      return (await import('./commands/validate.ts')).validateCommand(args, context);
    case 'init':
      return (await import('./commands/init.ts')).initCommand(args, context);
    case 'schema':
      return (await import('./commands/schema.ts')).schemaCommand(context);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

// A reader that goes away (`tm apply … | head`), a terminal that is closed, a full disk behind `> file`: none of them takes the run with it,
// which goes on to its end and cleans up. Only what could not be said although somebody wanted it shows in the exit code.
let unsaid = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    unsaid ||= code !== 'EPIPE' && code !== 'EIO';
  });
}

// Streams fail after the write, often after everything else is done.
process.on('exit', (code) => {
  if (code === 0 && unsaid) process.exitCode = 1;
});

process.exitCode = await main(process.argv.slice(2));
