import { branchName, isTagged, nonNullBranch } from '../branches.ts';
import { longFormIn, type CodecOptions } from '../long-form.ts';
import type {
  EnumSchema,
  FixedSchema,
  LongForm,
  PrimitiveSchema,
  RecordSchema,
  Schema,
  UnionSchema,
} from '../schema.ts';
import { TypeNames } from './type-names.ts';

const MAX_LINE = 120;

/** Says how `formatTypes` prints. */
export interface FormatTypesOptions extends CodecOptions {
  /** The name of what has none: an outermost type that is no record or enum, or an inferred record; `Value` unless given. */
  readonly name?: string;
}

/**
 * Prints TypeScript declarations of the values that a schema's codec decodes: an interface for each record, a type for
 * each enum, the outermost type first. The text is a module; it needs `@headrace/avro` where there are decimals or
 * durations.
 */
export function formatTypes(schema: Schema, options: FormatTypesOptions = {}): string {
  const printer = new Printer(options);
  const declarations = printer.declare(schema, options.name ?? 'Value');
  const imports = [...printer.imports].sort();
  const head = imports.length === 0 ? '' : `import type { ${imports.join(', ')} } from '@headrace/avro';\n\n`;
  return `${head}${declarations.join('\n\n')}\n`;
}

class Printer {
  readonly imports = new Set<string>();
  readonly #long: LongForm;
  readonly #names = new TypeNames();
  /** Declared or waiting for it: types that name each other are declared one after the other. */
  readonly #waiting: (RecordSchema | EnumSchema)[] = [];
  readonly #known = new Set<Schema>();

  constructor({ long = 'number' }: FormatTypesOptions) {
    this.#long = long;
  }

  declare(schema: Schema, name: string): string[] {
    const declarations: string[] = [];
    if (schema.kind === 'record' || schema.kind === 'enum') this.#reference(schema, name);
    else {
      const own = this.#names.take(name);
      declarations.push(`export type ${own} =${this.#wrapped(`export type ${own} =`, schema, own, '')};`);
    }
    for (const each of this.#waiting) {
      declarations.push(each.kind === 'record' ? this.#record(each) : this.#enum(each));
    }
    return declarations;
  }

  #record(schema: RecordSchema): string {
    const name = this.#names.of(schema, '');
    const fields = schema.fields.map((field) => {
      const head = `  ${field.name}:`;
      return `${comment(field.doc, '  ')}${head}${this.#wrapped(head, field.type, `${name}_${field.name}`, '  ')};\n`;
    });
    return `${comment(schema.doc, '')}export interface ${name} {${fields.length === 0 ? '' : `\n${fields.join('')}`}}`;
  }

  /** Prints a type behind its head, a union that makes too long a line over several. */
  #wrapped(head: string, schema: Schema, suggestion: string, indent: string): string {
    const type = this.#type(schema, suggestion);
    const isLong = head.length + type.length + 2 > MAX_LINE;
    if (!isLong || schema.kind !== 'union' || nonNullBranch(schema) !== null) return ` ${type}`;
    return this.#branches(schema, suggestion)
      .map((branch) => `\n${indent}  | ${branch}`)
      .join('');
  }

  #enum(schema: EnumSchema): string {
    const symbols = schema.symbols.map((symbol) => `'${symbol}'`).join(' | ') || 'never';
    return `${comment(schema.doc, '')}export type ${this.#names.of(schema, '')} = ${symbols};`;
  }

  #reference(schema: RecordSchema | EnumSchema, suggestion: string): string {
    if (!this.#known.has(schema)) {
      this.#known.add(schema);
      this.#waiting.push(schema);
    }
    return this.#names.of(schema, suggestion);
  }

  #type(schema: Schema, suggestion: string): string {
    switch (schema.kind) {
      case 'record':
      case 'enum':
        return this.#reference(schema, suggestion);
      case 'array': {
        const items = this.#type(schema.items, suggestion);
        return items.includes('|') ? `(${items})[]` : `${items}[]`;
      }
      case 'map':
        return `{ [key: string]: ${this.#type(schema.values, suggestion)} }`;
      case 'union':
        return this.#union(schema, suggestion);
      default:
        return this.#plain(schema);
    }
  }

  #union(schema: UnionSchema, suggestion: string): string {
    const inner = nonNullBranch(schema);
    if (inner !== null) return `${this.#type(inner, suggestion)} | null`;
    return this.#branches(schema, suggestion).join(' | ');
  }

  #branches(schema: UnionSchema, suggestion: string): string[] {
    return schema.branches.map((branch) => {
      if (branch.kind === 'null' || !isTagged(schema)) return 'null';
      const name = branchName(branch);
      const key = name.includes('.') ? `'${name}'` : name;
      return `{ ${key}: ${this.#type(branch, `${suggestion}_${name}`)} }`;
    });
  }

  #plain(schema: PrimitiveSchema | FixedSchema): string {
    const { logical } = schema;
    if (logical?.type === 'decimal') return this.#imported('Decimal');
    if (logical?.type === 'duration') return this.#imported('Duration');
    if (logical?.type === 'uuid') return 'string';
    switch (schema.kind) {
      case 'long':
        return longFormIn(schema, this.#long);
      case 'null':
      case 'boolean':
      case 'string':
        return schema.kind;
      case 'bytes':
      case 'fixed':
        return 'Uint8Array';
      default:
        return 'number';
    }
  }

  #imported(name: string): string {
    this.imports.add(name);
    return name;
  }
}

function comment(doc: string | undefined, indent: string): string {
  if (doc === undefined || doc.trim() === '') return '';
  const lines = doc
    .trim()
    .replaceAll('*/', '* /')
    .split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
