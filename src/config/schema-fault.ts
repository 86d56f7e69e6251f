import { closest } from '../lib/suggest.ts';
import type { ConfigFault } from '../model/fault.ts';
import { error } from './faults.ts';
import { pathOfPointer } from './path.ts';
import type { Locate } from './source.ts';
import type { SchemaError } from './validator.generated.js';
import { exampleOf, flowStyle, nounOf, oneOf, shown, wrongType } from './wording.ts';

/** A complaint of the schema in words and with its place; undefined for one that only echoes another of `all`. */
export function schemaFault(
  complaint: SchemaError,
  all: readonly SchemaError[],
  locate: Locate,
): ConfigFault | undefined {
  const { keyword, params, instancePath, parentSchema, data } = complaint;
  const path = pathOfPointer(instancePath);
  const wants = parentSchema['x-wants'] ?? 'something else';
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(complaint, locate);
    case 'required':
      return missingKey(complaint, all, locate);
    case 'type': {
      const { message, suggestion } = wrongType(wants, data, path.at(-1), params.type);
      return error(locate(path), 'wrong-type', message, suggestion ?? exampleOf(parentSchema));
    }
    case 'minimum':
    case 'maximum': {
      const suggestion = `the ${keyword === 'minimum' ? 'least' : 'most'} is ${params.limit}`;
      return error(locate(path), 'out-of-range', `${wants} is wanted here, not ${shown(data)}`, suggestion);
    }
    case 'pattern':
      // The echo of `propertyNames`, which says which key it is.
      if (complaint.propertyName !== undefined) return undefined;
      return error(locate(path), 'bad-format', `${wants} is wanted here, not ${shown(data)}`, exampleOf(parentSchema));
    case 'propertyNames': {
      const key = params.propertyName ?? '';
      const message = `${shown(key)} cannot be the name of a variable`;
      return error(locate([...path, key], 'key'), 'bad-format', message, 'write NAME: value');
    }
    case 'enum': {
      // What is not even text was told already.
      if (typeof data !== 'string') return undefined;
      const values = (parentSchema.enum ?? []).map(String);
      const meant = closest(data, values);
      const suggestion = meant === undefined ? exampleOf(parentSchema) : `did you mean "${meant}"?`;
      return error(locate(path), 'bad-value', `${shown(data)} is not ${wants}: it is ${oneOf(values)}`, suggestion);
    }
    case 'minItems':
      return error(locate(path), 'out-of-range', `${wants} is wanted here, and it is empty`, exampleOf(parentSchema));
    case 'if':
      return undefined;
    default:
      return error(locate(path), 'bad-value', `${wants} is wanted here, not ${shown(data)}`, exampleOf(parentSchema));
  }
}

function unknownKey({ params, instancePath, parentSchema }: SchemaError, locate: Locate): ConfigFault {
  const key = params.additionalProperty ?? '';
  const known = Object.keys(parentSchema.properties ?? {});
  const meant = closest(key, known);
  const suggestion = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  const at = locate([...pathOfPointer(instancePath), key], 'key');
  return error(at, 'unknown-key', `unknown key ${shown(key)} in ${nounOf(parentSchema)}`, suggestion);
}

function missingKey(complaint: SchemaError, all: readonly SchemaError[], locate: Locate): ConfigFault | undefined {
  const key = complaint.params.missingProperty ?? '';
  // `nmae: alice` is one mistake, though it makes two complaints.
  const misspelt = all.some(({ keyword, instancePath, params, parentSchema }) => {
    if (keyword !== 'additionalProperties' || instancePath !== complaint.instancePath) return false;
    return closest(params.additionalProperty ?? '', Object.keys(parentSchema.properties ?? {})) === key;
  });
  if (misspelt) return undefined;
  const path = pathOfPointer(complaint.instancePath);
  // A map that has a name is shown at that name, an item of a list or the whole file at its first line.
  const named = path.length > 0 && !/^\d+$/.test(String(path.at(-1)));
  const example = flowStyle(complaint.parentSchema.properties?.[key]?.examples?.[0]);
  const suggestion = example === undefined ? `add \`${key}:\`` : `add \`${key}: ${example}\`, say`;
  const at = locate(path, named ? 'key' : 'value');
  return error(at, 'missing-key', `missing key "${key}" in ${nounOf(complaint.parentSchema)}`, suggestion);
}
