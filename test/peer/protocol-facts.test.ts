/** What schemas/protocol.json says in numbers and words is what the client and tm go by. */
import { expect, it } from 'vitest';
import protocol from '../../schemas/protocol.json' with { type: 'json' };
import * as wire from '../../src/model/wire.ts';
import { backoff } from '../../src/peer/backoff.ts';
import { type PeerCommand, parseCommand } from '../../src/peer/command.ts';
import { readConfiguration } from '../../src/peer/configuration.ts';
import { ANSWER_WITHIN_MS } from '../../src/peer/connection.ts';
import { BATCH_LINES, LOG_BUFFER_CHARACTERS } from '../../src/peer/report-queue.ts';

const { timing } = protocol;
const REQUIRED = { REDIS_URL: 'redis://192.0.2.1', PEER_NAME: 'alice' };

it('the keys', () => {
  const ours = [wire.commandKey, wire.statusKey, wire.logKey, wire.statusStreamKey, wire.heartbeatKey];
  expect(ours.map((key) => key('{peer}')).toSorted()).toEqual(protocol.keys.map(({ name }) => name).toSorted());
});

it('the levels, gravest first', () => {
  expect(wire.LOG_LEVELS).toEqual(protocol.logLevels);
});

it('the commands', () => {
  const raw = protocol.commands.map(({ form }) =>
    form.replace('<seconds>', '3').replace('<multiaddr>', '/ip4/192.0.2.1'),
  );
  const kinds: PeerCommand['kind'][] = ['connect', 'disconnect', 'shutdown', 'restart', 'peer'];
  expect(raw.map((text) => parseCommand(text).kind)).toEqual(kinds);
});

it('the restart', () => {
  expect({ exitCode: wire.RESTART_EXIT_CODE, delayFile: wire.DELAY_FILE }).toEqual(protocol.restart);
});

it('the status stream', () => {
  const words = wire.formatStatusEntry({ status: 'started', at: 1, report: 'x:1' });
  expect(words.filter((_word, index) => index % 2 === 0)).toEqual(protocol.statusStream.fields);
  expect(wire.STATUS_STREAM_LENGTH).toBe(protocol.statusStream.maxLength);
});

it('the heartbeat', () => {
  const { form, intervalMs } = protocol.heartbeat;
  expect(form.replace('<at>', '17').replace('<interval>', '2000')).toBe(
    wire.formatHeartbeat({ at: 17, intervalMs: 2_000 }),
  );
  expect(readConfiguration({}, { ...REQUIRED, TM_RUN_ID: 'smoke-1' }).heartbeatMs).toBe(intervalMs);
});

it('the environment', () => {
  const needed = protocol.environment.filter(({ need }) => need === 'must').map(({ name }) => name);
  expect(Object.keys(REQUIRED)).toEqual(needed);
  const defaults = protocol.environment.flatMap((variable) => ('default' in variable ? [variable.default] : []));
  expect(defaults).toEqual([readConfiguration({}, REQUIRED).delayFile]);
  const known = protocol.environment.map(({ name }) => name);
  expect(known).toEqual(expect.arrayContaining([...wire.SYSTEM_ENVIRONMENT]));
});

it('the times and limits', () => {
  const configuration = readConfiguration({}, REQUIRED);
  expect({
    statusGapMs: configuration.statusGapMs.setOnly,
    backoffFirstMs: backoff(0, () => 0),
    backoffLongestMs: backoff(1_000, () => 0),
    connectTimeoutMs: configuration.connectTimeoutMs,
    closeTimeoutMs: configuration.closeTimeoutMs,
    answerWithinMs: ANSWER_WITHIN_MS,
    logBufferLines: configuration.logBufferLines,
    logBufferCharacters: LOG_BUFFER_CHARACTERS,
    logBatchLines: BATCH_LINES,
  }).toEqual(timing);
});
