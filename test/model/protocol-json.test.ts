import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { readProtocol } from './protocol.ts';

const text = { type: 'string', minLength: 1 };
const version = { enum: ['1.0', '1.1'] };
const need = { enum: ['must', 'should', 'may'] };
const side = { enum: ['tm', 'peer'] };
const count = { type: 'integer', minimum: 1 };

const list = (items: object) => ({ type: 'array', minItems: 1, uniqueItems: true, items });
/** All of these, these perhaps, and no others. */
const object = (properties: Record<string, object>, optional: Record<string, object> = {}) => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

const SCHEMA = object({
  $comment: text,
  version,
  versions: { type: 'object', propertyNames: version, additionalProperties: text },
  environment: list(object({ name: { type: 'string', pattern: '^[A-Z_]+$' }, need, meaning: text }, { default: text })),
  keys: list(
    object(
      {
        name: { type: 'string', pattern: '^\\{peer\\}_[a-z]+$' },
        type: { enum: ['list', 'string', 'stream'] },
        writer: side,
        reader: side,
        write: { enum: ['RPUSH', 'LPUSH', 'SET', 'XADD'] },
        since: version,
      },
      { read: { enum: ['BLPOP'] } },
    ),
  ),
  statuses: list({ type: 'string', pattern: '^[a-z]+$' }),
  commands: list(object({ form: { type: 'string', pattern: '^[a-z]+(\\|<[a-z]+>)?$' } })),
  logLevels: list({ type: 'string', pattern: '^[a-z]+$' }),
  statusStream: object({ fields: list(text), maxLength: count }),
  heartbeat: object({ form: { const: '<at>|<interval>' }, intervalMs: count }),
  restart: object({ exitCode: { type: 'integer', minimum: 1, maximum: 125 }, delayFile: text }),
  timing: { type: 'object', minProperties: 1, additionalProperties: count },
  requirements: list(
    object(
      {
        id: { type: 'string', pattern: '^[PCT](-[A-Z]+)+$' },
        of: { enum: ['peer', 'client', 'tm'] },
        level: { enum: ['must', 'should'] },
        since: version,
        text: { type: 'string', pattern: '^[a-z].*[^.]$' },
      },
      { if: text },
    ),
  ),
});

describe('schemas/protocol.json', () => {
  const protocol = readProtocol();

  test('has its shape, and nothing that it does not define', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(SCHEMA);
    validate(protocol);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('names each requirement once, by the side it is asked of', () => {
    const ids = protocol.requirements.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const letters = { peer: 'P', client: 'C', tm: 'T' };
    expect(protocol.requirements.filter(({ id, of }) => !id.startsWith(`${letters[of]}-`))).toEqual([]);
  });

  test('is of the latest of its versions', () => {
    expect(Object.keys(protocol.versions).at(-1)).toBe(protocol.version);
  });

  test('asks what came with a later version only of who uses it, or as a SHOULD', () => {
    const strict = protocol.requirements.filter(
      ({ of, level, since }) => of === 'peer' && level === 'must' && since !== '1.0',
    );
    expect(strict.length).toBeGreaterThan(0);
    expect(strict.filter((requirement) => requirement.if === undefined)).toEqual([]);
  });
});
