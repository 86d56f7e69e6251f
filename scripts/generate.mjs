/**
 * `npm run generate`: writes what is derived from the schemas and the examples. `npm run generate -- --check` writes nothing, and
 * ends with 1 when a derived file is out of step with its source.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { referenceOf } from './generate/reference.mjs';
import { starterModule } from './generate/starter.mjs';
import { typesOf } from './generate/types.mjs';
import { validatorOf } from './generate/validator.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFile(new URL(path, root), 'utf8');

const schema = JSON.parse(await read('schemas/test-config.schema.json'));
const validator = await validatorOf(schema);
const files = {
  'src/config/test-config.generated.ts': await typesOf(schema),
  'src/config/validator.generated.js': validator.code,
  'src/config/validator.generated.d.ts': validator.types,
  'src/config/starter.generated.ts': starterModule(await read('examples/starter.yaml')),
  'docs/config-reference.md': referenceOf(schema),
};

let stale = 0;
for (const [path, text] of Object.entries(files)) {
  const before = await read(path).catch(() => undefined);
  if (before === text) continue;
  stale += 1;
  if (process.argv.includes('--check')) console.error(`${path} is out of step: run npm run generate`);
  else {
    await writeFile(new URL(path, root), text);
    console.error(`wrote ${path}`);
  }
}
process.exitCode = stale > 0 && process.argv.includes('--check') ? 1 : 0;
