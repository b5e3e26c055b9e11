/**
 * A validator for the part of JSON Schema (draft 2020-12) that our schemas use. An unknown keyword is an error, so
 * that none is passed over.
 */

type Schema = Readonly<Record<string, unknown>>;

const IGNORED = ['$schema', 'title', 'description', 'default', 'examples'];

/** Everything in `value` that the schema does not allow, as `path: keyword`. */
export function schemaFaults(schema: Schema, value: unknown, path = ''): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const isRight = check(keyword, rule, schema, value, path);
    return typeof isRight === 'boolean' ? (isRight ? [] : [`${path || '/'}: ${keyword}`]) : isRight;
  });
}

function check(
  keyword: string,
  rule: unknown,
  schema: Schema,
  value: unknown,
  path: string,
): boolean | readonly string[] {
  const entries = isObject(value) ? Object.entries(value) : [];
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  if (IGNORED.includes(keyword)) return true;
  switch (keyword) {
    case 'type':
      return (Array.isArray(rule) ? rule : [rule]).includes(typeOf(value));
    case 'enum':
      return (rule as readonly unknown[]).includes(value);
    case 'const':
      return rule === value;
    case 'pattern':
      return typeof value !== 'string' || new RegExp(rule as string, 'u').test(value);
    case 'minLength':
      return typeof value !== 'string' || Array.from(value).length >= Number(rule);
    case 'maxLength':
      return typeof value !== 'string' || Array.from(value).length <= Number(rule);
    case 'minimum':
      return typeof value !== 'number' || value >= Number(rule);
    case 'maximum':
      return typeof value !== 'number' || value <= Number(rule);
    case 'minItems':
      return !Array.isArray(value) || value.length >= Number(rule);
    case 'items':
      return Array.isArray(value)
        ? value.flatMap((item, index) => schemaFaults(rule as Schema, item, `${path}/${index}`))
        : true;
    case 'anyOf':
      return (rule as readonly Schema[]).some((each) => schemaFaults(each, value, path).length === 0);
    case 'required':
      return !isObject(value) || (rule as readonly string[]).every((name) => Object.hasOwn(value, name));
    case 'properties':
      return entries.flatMap(([name, item]) =>
        Object.hasOwn(properties, name) ? schemaFaults(properties[name] ?? {}, item, `${path}/${name}`) : [],
      );
    case 'propertyNames':
      return entries.flatMap(([name]) => schemaFaults(rule as Schema, name, `${path}/${name}`));
    case 'additionalProperties':
      return entries
        .filter(([name]) => !Object.hasOwn(properties, name))
        .flatMap(([name, item]) =>
          rule === false
            ? [`${path}/${name}: additionalProperties`]
            : schemaFaults(rule as Schema, item, `${path}/${name}`),
        );
    default:
      throw new Error(`the validator does not know the keyword ${keyword}`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
