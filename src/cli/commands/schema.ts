import schema from '../../../schemas/test-config.schema.json' with { type: 'json' };
import type { Context } from '../context.ts';

/** `tm schema`: the JSON schema of config files, for editors. */
export function schemaCommand(context: Context): number {
  context.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return 0;
}
