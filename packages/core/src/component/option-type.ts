import type { TSchema, Type as TypeBox } from 'typebox';

type Options = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, TSchema>>;

// Marks of the library: hidden, so that a schema prints and compares as plain JSON Schema.
const kind = '~kind';
const optional = '~optional';

function create(name: string, schema: Options, options: Options = {}): TSchema {
  return hidden({ ...schema, ...options }, kind, name);
}

function hidden(schema: object, mark: string, value: unknown): TSchema {
  return Object.defineProperty(schema, mark, { configurable: true, writable: true, enumerable: false, value });
}

function copy(schema: TSchema): TSchema {
  return Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema));
}

function isOptional(schema: TSchema): boolean {
  return optional in schema;
}

function object(properties: Properties, options?: Options): TSchema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name] as TSchema));
  return create('Object', { type: 'object', ...(required.length > 0 && { required }), properties }, options);
}

function record(key: TSchema & { readonly pattern?: string }, value: TSchema, options?: Options): TSchema {
  return create('Record', { type: 'object', patternProperties: { [key.pattern ?? '^.*$']: value } }, options);
}

const constructors = {
  Array: (items: TSchema, options?: Options) => create('Array', { type: 'array', items }, options),
  Boolean: (options?: Options) => create('Boolean', { type: 'boolean' }, options),
  Enum: (values: readonly unknown[], options?: Options) => create('Enum', { enum: values }, options),
  Integer: (options?: Options) => create('Integer', { type: 'integer' }, options),
  IsOptional: isOptional,
  Literal: (value: unknown, options?: Options) => create('Literal', { type: typeof value, const: value }, options),
  Null: (options?: Options) => create('Null', { type: 'null' }, options),
  Number: (options?: Options) => create('Number', { type: 'number' }, options),
  Object: object,
  Optional: (schema: TSchema) => hidden(copy(schema), optional, true),
  Record: record,
  String: (options?: Options) => create('String', { type: 'string' }, options),
  Union: (anyOf: readonly TSchema[], options?: Options) => create('Union', { anyOf }, options),
  Unknown: (options?: Options) => create('Unknown', {}, options),
  Unsafe: (schema: TSchema) => hidden(copy(schema), '~unsafe', null),
};

/**
 * Declares options: the constructors of typebox that components use, with its types and its results. They are written anew here because
 * the library is 373 modules, which every start of the command would load; a test holds them to it. Schemas that the library itself has
 * made may stand beside these.
 */
export const Type = constructors as unknown as Pick<typeof TypeBox, keyof typeof constructors>;
