import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';
import { schemaWithout } from './schema-without.mjs';

const BANNER = '// Generated from schemas/test-config.schema.json by `npm run generate`.\n';

/** Kept in the validator, since the wording of faults comes from them: x-noun, x-wants, examples. */
const LEFT_OUT = ['$schema', '$comment', 'description', 'default'];

const TYPES = `${BANNER}
/** What the wording of a fault takes from the schema. */
export interface SchemaPart {
  /** What a map is called: \`a host\`. */
  readonly 'x-noun'?: string;
  /** What a value should be: \`a port from 1 to 65535\`. */
  readonly 'x-wants'?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, { readonly examples?: readonly unknown[] } | undefined>>;
}

/** One complaint, in the terms of JSON Schema. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the value. */
  readonly instancePath: string;
  readonly params: {
    readonly additionalProperty?: string;
    readonly missingProperty?: string;
    readonly propertyName?: string;
    readonly type?: string | readonly string[];
    readonly limit?: number;
  };
  /** Set when the complaint is about a key. */
  readonly propertyName?: string;
  readonly parentSchema: SchemaPart;
  readonly data: unknown;
}

/** Whether a value is a config by the schema; if not, \`errors\` holds every complaint until the next call. */
export declare const validateTestConfig: {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
};
`;

/** The schema as a function in plain JavaScript: compiling it at every start would take 40 ms. */
export async function validatorOf(schema) {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    messages: false,
    allowUnionTypes: true,
    // A list of types may have keywords of each of them.
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(['x-noun', 'x-wants']);
  ajv.addSchema(schemaWithout(schema, LEFT_OUT), 'test-config');
  const code = standaloneCode(ajv, { validateTestConfig: 'test-config' });
  if (/\brequire\(|\bimport\b/.test(code)) {
    throw new Error('the validator would need ajv at run time: leave out keywords such as minLength and uniqueItems');
  }
  const tidy = await transform(linear(code), {
    format: 'esm',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
  });
  return { code: BANNER + tidy.code, types: TYPES };
}

/** ajv copies all errors so far at each item of a list, which takes hours for a list of a million mistakes: append instead. */
function linear(code) {
  const copying = /vErrors = vErrors === null \? (validate\d+\.errors) : vErrors\.concat\(\1\);/g;
  const appending = code.replace(copying, 'vErrors = append(vErrors, $1);');
  if (!copying.test(code) || appending.includes('.concat(')) throw new Error('the code that ajv writes has changed');
  return `${appending}
function append(to, more) {
  if (to === null) return more;
  for (const error of more) to.push(error);
  return to;
}`;
}
