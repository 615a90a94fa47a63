import {
  branchName,
  formatSchema,
  nonNullBranch,
  type Field,
  type RecordSchema,
  type Schema,
  type UnionSchema,
} from '@headrace/avro';
import { isDynamic, type ValueType } from '../../types/edge-type.ts';
import { fieldConversion, itemConversion, mapConversion, recordConversion } from './containers.ts';
import type { Conversion, Convert } from './convert.ts';
import { dynamicConversion } from './dynamic.ts';
import { leafConversion } from './leaf-conversion.ts';

/** Says where a type does not fit another (an error), or what is left out of it (an info). */
export interface Misfit {
  readonly code: 'TYPE_MISMATCH' | 'FIELD_MISSING' | 'FIELD_DROPPED';
  /** The path of fields. */
  readonly path: string;
  readonly message: string;
}

/** How values of one type are written in another. `convert` is null where they are written as they are. */
export interface Projection {
  readonly convert: Convert | null;
  readonly misfits: readonly Misfit[];
}

/**
 * Finds how values of type `from` are written in the schema `to`: fields that it lacks are left out, missing ones take
 * their default, numbers widen. A writer reads only the fields of its schema, so that leaving out costs nothing.
 * A null that stands for the whole value is the record's own and no business of the schema.
 */
export function project(from: ValueType, to: Schema): Projection {
  if (isDynamic(from)) return { convert: dynamicConversion(to), misfits: [] };
  const projector = new Projector();
  const bare = to.kind === 'union' ? from : (nonNullBranch(from) ?? from);
  const convert = projector.of(bare, to, '');
  return { convert: convert === 'same' ? null : convert, misfits: projector.misfits };
}

class Projector {
  readonly misfits: Misfit[] = [];
  readonly #records = new Map<RecordSchema, Map<RecordSchema, Convert>>();

  of(from: Schema, to: Schema, path: string): Conversion {
    if (from === to) return 'same';
    if (to.kind === 'union') return this.#toUnion(from, to, path);
    if (from.kind === 'record' && to.kind === 'record') return this.#record(from, to, path);
    if (from.kind === 'array' && to.kind === 'array') return itemConversion(this.of(from.items, to.items, `${path}[]`));
    if (from.kind === 'map' && to.kind === 'map') return mapConversion(this.of(from.values, to.values, `${path}[]`));
    if (!isContainer(from) && !isContainer(to)) {
      const conversion = leafConversion(from, to);
      if (conversion !== undefined) return conversion;
    }
    return this.#mismatch(from, to, path);
  }

  #record(from: RecordSchema, to: RecordSchema, path: string): Conversion {
    const known = this.#records.get(from)?.get(to);
    if (known !== undefined) return known;
    let conversion: Conversion = 'same';
    const partners = this.#records.get(from) ?? new Map<RecordSchema, Convert>();
    // A record that contains itself finds its own conversion here.
    this.#records.set(
      from,
      partners.set(to, (value) => (conversion === 'same' ? value : conversion(value))),
    );
    const sources = new Map(from.fields.map((field) => [field.name, field]));
    const fields = to.fields.map((field) => this.#field(sources.get(field.name), field, path));
    const names = new Set(to.fields.map(({ name }) => name));
    for (const { name } of from.fields) {
      if (names.has(name)) continue;
      const message = `The field "${join(path, name)}" is not in the schema and is left out.`;
      this.misfits.push({ code: 'FIELD_DROPPED', path: join(path, name), message });
    }
    conversion = recordConversion(fields);
    return conversion;
  }

  #field(from: Field | undefined, to: Field, path: string): ReturnType<typeof fieldConversion> {
    const at = join(path, to.name);
    if (from !== undefined) return fieldConversion(to, this.of(from.type, to.type, at), false);
    if (to.default === undefined) {
      const message = `The schema needs the field "${at}", which the records do not have and which has no default.`;
      this.misfits.push({ code: 'FIELD_MISSING', path: at, message });
    }
    return fieldConversion(to, 'same', true);
  }

  #toUnion(from: Schema, to: UnionSchema, path: string): Conversion {
    if (from.kind === 'union') return this.#unionToUnion(from, to, path);
    const only = nonNullBranch(to);
    if (only !== null) return from.kind === 'null' ? 'same' : this.of(from, only, path);
    if (from.kind === 'null' && to.branches.some(({ kind }) => kind === 'null')) return 'same';
    return this.#branch(from, to, path) ?? this.#mismatch(from, to, path);
  }

  #unionToUnion(from: UnionSchema, to: UnionSchema, path: string): Conversion {
    const source = nonNullBranch(from);
    if (!to.branches.some(({ kind }) => kind === 'null') && from.branches.some(({ kind }) => kind === 'null')) {
      return this.#mismatch(from, to, path);
    }
    if (source !== null) return nullable(this.#toUnion(source, to, path));
    const only = nonNullBranch(to);
    if (only !== null) return this.#mismatch(from, to, path);
    const branches = new Map<string, Convert>();
    for (const branch of from.branches) {
      if (branch.kind === 'null') continue;
      const convert = this.#branch(branch, to, path);
      if (convert === null) return this.#mismatch(from, to, path);
      branches.set(branchName(branch), convert);
    }
    return (value) => {
      if (value === null || typeof value !== 'object') return value;
      const [name = ''] = Object.keys(value);
      return branches.get(name)?.((value as Record<string, unknown>)[name]) ?? value;
    };
  }

  /** Tags a value with the first branch that takes it as it is, else with the first that takes it at all. */
  #branch(from: Schema, to: UnionSchema, path: string): Convert | null {
    let widened: Convert | null = null;
    for (const branch of to.branches) {
      const trial = new Projector();
      const conversion = trial.of(from, branch, path);
      if (trial.misfits.some(({ code }) => code !== 'FIELD_DROPPED')) continue;
      const name = branchName(branch);
      const tag: Convert = (value) => ({ [name]: conversion === 'same' ? value : conversion(value) });
      if (conversion === 'same' && branch.kind === from.kind) return tag;
      widened ??= tag;
    }
    return widened;
  }

  #mismatch(from: Schema, to: Schema, path: string): Conversion {
    const what = path === '' ? 'The value' : `The field "${path}"`;
    const message = `${what} is ${formatSchema(from)}, which the schema's ${formatSchema(to)} cannot take.`;
    this.misfits.push({ code: 'TYPE_MISMATCH', path, message });
    return 'same';
  }
}

function nullable(conversion: Conversion): Conversion {
  return conversion === 'same' ? 'same' : (value) => (value === null ? null : conversion(value));
}

function isContainer({ kind }: Schema): boolean {
  return kind === 'record' || kind === 'array' || kind === 'map' || kind === 'union';
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
