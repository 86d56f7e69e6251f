import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import schema from '../../schemas/test-config.schema.json' with { type: 'json' };

it('what is generated is in step with the schema and the starter', async () => {
  // Rejects with what is out of step, and the command that mends it.
  const { stderr } = await promisify(execFile)(process.execPath, ['scripts/generate.mjs', '--check']);
  expect(stderr).toBe('');
});

it('every key has a description, an example, and words for what is wanted', () => {
  const maps = { TestConfig: schema, ...schema.$defs } as Record<string, { properties?: Record<string, Property> }>;
  const definitions = schema.$defs as Record<string, Property>;
  const properties = Object.entries(maps).flatMap(([name, { properties: own = {} }]) =>
    Object.entries(own).map(([key, property]) => [`${name}.${key}`, property] as const),
  );
  expect(properties.length).toBeGreaterThan(40);
  for (const [key, property] of properties) {
    const target = definitions[property.$ref?.replace('#/$defs/', '') ?? ''] ?? property;
    expect(property.description?.length, `${key} description`).toBeGreaterThan(20);
    expect(property.examples?.length, `${key} examples`).toBeGreaterThan(0);
    expect(target['x-wants']?.length, `${key} x-wants`).toBeGreaterThan(3);
  }
});

interface Property {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly 'x-wants'?: string;
}
