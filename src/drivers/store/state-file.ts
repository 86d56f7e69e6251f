import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { TmError } from '../../model/fault.ts';
import type { TestName } from '../../model/names.ts';
import type { State } from '../../ports/store.ts';
import { errorCode, fileFault } from './file-fault.ts';
import { removeDrafts, replaceFile } from './replace-file.ts';

/** A state and when it was written, in milliseconds since 1970. */
export interface FoundState {
  readonly state: State;
  readonly writtenAt: number;
}

/** Reads a `state.json`, undefined where there is none. What cannot be understood is a fault: it may name hosts that need cleaning up. */
export async function readStateFile(path: string, shown: string): Promise<FoundState | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const { mtimeMs } = await stat(path);
    return { state: parseState(text, shown), writtenAt: mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileFault(`cannot read ${shown}`, error);
  }
}

/** Replaces a `state.json` whole. */
export async function writeStateFile(path: string, shown: string, state: State): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(state, undefined, 2)}\n`);
    // The system's own stamps are only as fine as its timer (4 ms), and which test was used last is read from them.
    const seconds = (performance.timeOrigin + performance.now()) / 1000;
    await utimes(path, seconds, seconds);
  } catch (error) {
    throw fileFault(`cannot write ${shown}`, error);
  }
}

/** Removes a `state.json`, and what a crash left of it. */
export async function removeStateFile(path: string, shown: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await removeDrafts(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileFault(`cannot remove ${shown}`, error);
  }
}

/** Refuses a state that is another test's: its hosts would be cleaned up for the wrong one. */
export function checkOwner(found: FoundState | undefined, test: TestName, shown: string): State | undefined {
  if (found === undefined || found.state.test === test) return found?.state;
  throw new TmError({
    kind: 'failed',
    message: `${shown} belongs to the test ${JSON.stringify(found.state.test)}, not to ${JSON.stringify(test)}`,
    hint: `if it was copied there, remove it: rm '${shown}'`,
  });
}

function parseState(text: string, shown: string): State {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words may quote the file, which holds a password.
    throw unusable(shown, 'it is not whole JSON');
  }
  if (!isRecord(value) || value['version'] === undefined) throw unusable(shown, 'it holds no versioned state');
  if (value['version'] !== 1) {
    throw new TmError({
      kind: 'failed',
      message: `${shown} has version ${JSON.stringify(value['version'])}, and this tm reads version 1`,
      hint: 'use the tm that wrote it, or run: tm destroy <config>, which removes it',
    });
  }
  const wrong = wrongMember(value);
  if (wrong !== undefined) throw unusable(shown, `its "${wrong}" is missing or of the wrong type`);
  return value as unknown as State;
}

/** The first member that is not as it was written. Deeper than this only a person's hand can have been, and the types do not go. */
function wrongMember(value: Readonly<Record<string, unknown>>): string | undefined {
  const isText = (member: unknown): boolean => typeof member === 'string';
  const isOptionalText = (member: unknown): boolean => member === undefined || isText(member);
  const isHost = (member: unknown): boolean =>
    isRecord(member) && isText(member['name']) && isText(member['address']) && isRecord(member['connection']);
  const isRun = (member: unknown): boolean => isRecord(member) && isText(member['run']);
  const checks: Readonly<Record<string, (member: unknown) => boolean>> = {
    test: isText,
    file: isText,
    hosts: (member) => Array.isArray(member) && member.every(isHost),
    redis: (member) => isRecord(member) && isText(member['kind']),
    redisUrl: isOptionalText,
    redisPassword: isOptionalText,
    images: (member) => Array.isArray(member) && member.every(isText),
    lastRun: isOptionalText,
    usedRuns: (member) => Array.isArray(member) && member.every(isRun),
  };
  return Object.keys(checks).find((name) => !checks[name]!(value[name]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unusable(shown: string, because: string): TmError {
  return new TmError({
    kind: 'failed',
    message: `${shown} cannot be used: ${because}`,
    hint: 'run: tm destroy <config> — what stands on the hosts is found there by its labels, and this file is removed',
  });
}
