import { compile } from 'json-schema-to-typescript';
import { schemaWithout } from './schema-without.mjs';

/** What TypeScript cannot say, or what belongs in the reference. */
const LEFT_OUT = [
  '$schema',
  '$comment',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'default',
  'description',
  'examples',
  'minItems',
  'x-noun',
  'x-wants',
];

/** The types that the code names; the others stay inside of the module. */
const EXPORTED = ['TestConfig', 'Redis', 'Host', 'Peer', 'Environment', 'Command', 'Expect'];

/** The TypeScript types of a config, as a module's text; without the `x-…` keys, which mean nothing. */
export async function typesOf(schema) {
  const types = await compile(schemaWithout(schema, LEFT_OUT), 'TestConfig', {
    additionalProperties: false,
    bannerComment:
      '/** A config as the schema allows it. Generated from schemas/test-config.schema.json by `npm run generate`. */',
    style: { singleQuote: true, printWidth: 120 },
  });
  return types.replace(/^export (?=(?:type|interface) (\w+))/gm, (exported, name) =>
    EXPORTED.includes(name) ? exported : '',
  );
}
