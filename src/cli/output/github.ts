import { appendFile } from 'node:fs/promises';
import { githubCommands } from '../../views/report/github-commands.ts';
import { githubSummary } from '../../views/report/github-summary.ts';
import type { RunFacts } from '../../views/run-model/run-facts.ts';
import type { Context } from '../context.ts';

/**
 * Tells a GitHub workflow, where tm runs in one, how a run came out: annotations on stderr, which GitHub reads like stdout, so that `--json`
 * stays pure; and the summary of the step. A summary that cannot be written is a line on stderr and nothing more.
 */
export async function tellGitHub(
  facts: RunFacts,
  { environment, stderr }: Context,
  directory = process.cwd(),
): Promise<void> {
  if (environment['GITHUB_ACTIONS'] !== 'true') return;
  const root = environment['GITHUB_WORKSPACE'] || directory;
  for (const line of githubCommands(facts, { root, directory })) stderr.write(`${line}\n`);
  const summary = environment['GITHUB_STEP_SUMMARY'];
  if (summary === undefined || summary === '') return;
  try {
    await appendFile(summary, githubSummary(facts));
  } catch (error) {
    stderr.write(
      `tm: the summary of the step could not be written: ${error instanceof Error ? error.message : error}\n`,
    );
  }
}
