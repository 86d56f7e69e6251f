import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../../src/cli/context.ts';
import { tellGitHub } from '../../../src/cli/output/github.ts';
import { readRun } from '../../../src/views/report/reports.ts';
import { type FakeTerminal, fakeTerminal } from '../../views/fake-terminal.ts';
import * as scenarios from '../../views/scenarios.ts';

describe('tellGitHub', () => {
  const contextOf = (environment: NodeJS.ProcessEnv): { readonly context: Context; readonly stderr: FakeTerminal } => {
    const stderr = fakeTerminal({ isTTY: false });
    return { stderr, context: { stdout: fakeTerminal(), stderr, unicode: true, environment } };
  };

  test('says nothing where tm does not run in a workflow', async () => {
    const { context, stderr } = contextOf({});
    await tellGitHub(await readRun(scenarios.expects()), context);
    expect(stderr.raw()).toBe('');
  });

  test('annotates on stderr and appends the summary', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tm-github-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const summary = join(directory, 'summary.md');
    const { context, stderr } = contextOf({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary });
    await tellGitHub(await readRun(scenarios.expects()), context);
    await tellGitHub(await readRun(scenarios.passes()), context);
    expect(stderr.raw().split('\n')).toHaveLength(4);
    const text = await readFile(summary, 'utf8');
    expect(text.match(/^## /gm)).toHaveLength(2);
  });

  test('goes on where the summary cannot be written', async () => {
    const { context, stderr } = contextOf({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/proc/none/summary.md' });
    await tellGitHub(await readRun(scenarios.passes()), context);
    expect(stderr.raw()).toContain('the summary of the step could not be written');
  });
});
