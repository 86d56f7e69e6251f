/** `npm run conformance`: checks a peer against the protocol, or the reference peers for the table of docs/conformance.md. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { outputOf } from '../../src/cli/output/terminal.ts';
import { type Request, readArguments, USAGE } from './arguments.ts';
import { runTable } from './run-table.ts';
import { runSuite } from './suite.ts';
import { formatTable } from './table.ts';
import { conforms, sentenceOf, standingOf } from './verdict.ts';
import { formatReport } from './view.ts';

const EXIT = { conforms: 0, doesNot: 1, usage: 3 } as const;
const TABLE = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url));

/** A line of progress, which the next one replaces; nothing where nobody looks on. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function check(request: Extract<Request, { kind: 'check' }>): Promise<number> {
  const { command, json, verbose, requirements } = request;
  let done = 0;
  progress('starting');
  const report = await runSuite({
    ...request,
    onResult: () => progress(`checked ${++done} of ${requirements.length}`),
  });
  progress('');
  if (json) {
    const results = report.results.map((result) => ({
      ...result.requirement,
      standing: standingOf(result),
      finding: result.finding,
      ...(verbose && { evidence: result.evidence }),
    }));
    process.stdout.write(
      `${JSON.stringify({ command, conforms: conforms(report), isReference: report.isReference, results, neverStarted: report.neverStarted }, null, 2)}\n`,
    );
  } else {
    const { color, write } = outputOf(process.stdout, process.env);
    write(formatReport(report, command, { color, verbose }));
  }
  return conforms(report) ? EXIT.conforms : EXIT.doesNot;
}

async function table(request: Extract<Request, { kind: 'table' }>): Promise<number> {
  const columns = await runTable(request, (title) => progress(title));
  progress('');
  const text = formatTable(columns);
  if (request.write) await writeFile(TABLE, text);
  else process.stdout.write(text);
  for (const { title, report } of columns) process.stderr.write(`${title}: ${sentenceOf(report)}\n`);
  // A peer of which nothing is shown is no fault of the table's.
  const isBroken = columns.some(
    ({ report }) =>
      report.neverStarted !== undefined || report.results.some((result) => standingOf(result) === 'fails'),
  );
  return isBroken ? EXIT.doesNot : EXIT.conforms;
}

function main(): Promise<number> | number {
  const request = readArguments(process.argv.slice(2));
  switch (request.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT.conforms;
    case 'fault':
      process.stderr.write(`${request.text}\n\n${USAGE}`);
      return EXIT.usage;
    case 'check':
      return check(request);
    case 'table':
      return table(request);
  }
}

// So that what was started is ended as well: it is killed when this process exits.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.once(signal, () => process.exit(code));
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.doesNot;
}
