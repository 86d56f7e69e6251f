/** The recipes of docs/ci.md, run as far as a machine without their CI servers can: every command of theirs that is tm's, and what they keep. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type LocalBench, startLocalBench } from './harness.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

let bench: LocalBench;

beforeEach(async () => {
  bench = await startLocalBench();
  // As `npm install` would leave it.
  await mkdir(join(bench.dir, 'node_modules', '.bin'), { recursive: true });
  await symlink(join(ROOT, 'dist/tm.js'), join(bench.dir, 'node_modules', '.bin', 'tm'));
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

/** The YAML blocks of the page that begin with the name of their file. */
async function recipe(file: string): Promise<unknown> {
  const page = await readFile(join(ROOT, 'docs/ci.md'), 'utf8');
  const block = [...page.matchAll(/^```yaml\n# (\S+)\n([\s\S]*?)^```$/gm)].find(([, name]) => name === file)?.[2];
  if (block === undefined) throw new Error(`no recipe ${file}`);
  return parse(block);
}

async function useExample(name: string): Promise<void> {
  const yaml = await readFile(join(ROOT, 'examples', name), 'utf8');
  await bench.config('test.yaml', yaml.replaceAll('../dist/', `${ROOT}/dist/`).replaceAll('6399', '7461'));
}

/** Runs commands one after the other, as a CI server does: the first that fails ends the job. */
async function job(commands: readonly string[], environment: NodeJS.ProcessEnv) {
  const env = { ...process.env, NO_COLOR: '', ...environment };
  let output = '';
  for (const command of commands) {
    try {
      const { stdout, stderr } = await run('bash', ['-ec', command], { cwd: bench.dir, env, timeout: 60_000 });
      output += stdout + stderr;
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: output + stdout + stderr };
    }
  }
  return { code: 0, output };
}

/** What a glob of the recipe would keep. */
async function kept(pattern: string): Promise<readonly string[]> {
  const { stdout } = await run('bash', ['-ec', `shopt -s nullglob; printf '%s\\n' ${pattern}`], { cwd: bench.dir });
  return stdout.split('\n').filter((line) => line !== '');
}

const own = (commands: readonly string[]) => commands.filter((command) => !/apt-get|^npm ci$/.test(command));

describe('the recipe for GitHub Actions', () => {
  interface Workflow {
    readonly jobs: {
      readonly mule: { readonly steps: readonly { readonly run?: string; readonly with?: Record<string, unknown> }[] };
    };
  }
  const workflow = async () => (await recipe('.github/workflows/mule.yml')) as Workflow;
  const commandsOf = ({ jobs }: Workflow) => own(jobs.mule.steps.flatMap((step) => step.run ?? []));

  test('passes with a test that passes, and keeps its evidence', async () => {
    const { jobs } = await workflow();
    const commands = commandsOf({ jobs });
    expect(commands).toEqual(['npx tm validate test.yaml', 'npx tm test.yaml']);
    await useExample('expectations.yaml');
    const { code, output } = await job(commands, { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: bench.dir });
    expect(code, output).toBe(0);
    expect(output).not.toContain('::error');
    const upload = jobs.mule.steps.at(-1)?.with;
    expect(upload).toMatchObject({ 'include-hidden-files': true });
    const [directory] = await kept(String(upload?.['path']));
    const runs = await readdir(join(bench.dir, directory ?? ''));
    expect(runs).toHaveLength(1);
    const files = await readdir(join(bench.dir, directory ?? '', runs[0] ?? ''));
    expect(files).toEqual(expect.arrayContaining(['report.html', 'junit.xml', 'report.json', 'events.ndjson']));
  });

  test('fails with a test that fails: annotations at the lines of the file, and a summary', async () => {
    await useExample('unmet.yaml');
    const summary = join(bench.dir, 'summary.md');
    await writeFile(summary, '');
    const { code, output } = await job(commandsOf(await workflow()), {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: bench.dir,
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(code).toBe(1);
    const text = await readFile(join(bench.dir, 'test.yaml'), 'utf8');
    const lines = text
      .split('\n')
      .flatMap((line, index) => (/pulled good morning|for: 3/.test(line) ? [index + 1] : []));
    for (const line of lines) expect(output).toMatch(new RegExp(`^::error file=test\\.yaml,line=${line},`, 'm'));
    expect(await readFile(summary, 'utf8')).toContain('pulled good morning');
  });
});

describe('the recipe for GitLab', () => {
  interface Pipeline {
    readonly mule: {
      readonly script: readonly string[];
      readonly artifacts: { readonly paths: readonly string[]; readonly reports: { readonly junit: string } };
    };
  }

  test('runs, and its globs find the artifacts and the JUnit report', async () => {
    const { mule } = (await recipe('.gitlab-ci.yml')) as Pipeline;
    await useExample('unmet.yaml');
    const { code } = await job(own(mule.script), { GITLAB_CI: 'true' });
    expect(code).toBe(1);
    for (const path of mule.artifacts.paths) expect(await kept(path)).toHaveLength(1);
    const [junit = ''] = await kept(mule.artifacts.reports.junit);
    expect((await stat(join(bench.dir, junit))).size).toBeGreaterThan(100);
    expect(await readFile(join(bench.dir, junit), 'utf8')).toMatch(/failures="2"/);
  });
});
