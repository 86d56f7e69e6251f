/** A copy of a schema without some of its keywords, wherever they stand; names of properties are left alone. */
export function schemaWithout(schema, keywords) {
  const copy = (value, isSchema) => {
    if (Array.isArray(value)) return value.map((item) => copy(item, isSchema));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).filter(([key]) => !(isSchema && keywords.includes(key)));
    return Object.fromEntries(entries.map(([key, member]) => [key, copy(member, !(isSchema && MAPS.includes(key)))]));
  };
  return copy(schema, true);
}

/** Keywords whose members are named by the author of the schema. */
const MAPS = ['properties', 'patternProperties', '$defs'];
