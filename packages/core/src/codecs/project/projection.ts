import {
  branchName,
  nonNullBranch,
  type Field,
  type RecordSchema,
  type Schema,
  type UnionSchema,
} from '@headrace/avro';
import { isDynamic, type ValueType } from '../../types/edge-type.ts';
import {
  fieldConversion,
  itemConversion,
  mapConversion,
  recordConversion,
  type FieldConversion,
} from './containers.ts';
import type { Conversion, Convert } from './convert.ts';
import { dynamicConversion } from './dynamic.ts';
import { leafConversion } from './leaf-conversion.ts';

/**
 * Returns how values of type `from`, which `projectable` found to fit, are written in the schema `to`: missing fields take
 * their default, numbers widen. Null where they are written as they are: a writer reads only the fields of its schema, so that
 * leaving others out costs nothing. A null that stands for the whole value is the record's own and no business of the schema.
 */
export function project(from: ValueType, to: Schema): Convert | null {
  if (isDynamic(from)) return dynamicConversion(to);
  const conversion = new Projector().of(from, to);
  return conversion === 'same' ? null : conversion;
}

class Projector {
  readonly #records = new Map<RecordSchema, Map<RecordSchema, Convert>>();

  of(from: Schema, to: Schema): Conversion {
    if (from === to) return 'same';
    const source = nonNullBranch(from);
    const target = nonNullBranch(to);
    if (source !== null || target !== null) return nullable(this.of(source ?? from, target ?? to));
    if (from.kind === 'union' && to.kind === 'union') return this.#union(from, to);
    if (from.kind === 'record' && to.kind === 'record') return this.#record(from, to);
    if (from.kind === 'array' && to.kind === 'array') return itemConversion(this.of(from.items, to.items));
    if (from.kind === 'map' && to.kind === 'map') return mapConversion(this.of(from.values, to.values));
    return leafConversion(from, to);
  }

  #record(from: RecordSchema, to: RecordSchema): Conversion {
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
    conversion = recordConversion(to.fields.map((field) => this.#field(sources.get(field.name), field)));
    return conversion;
  }

  #field(from: Field | undefined, to: Field): FieldConversion {
    return from === undefined
      ? fieldConversion(to, 'same', true)
      : fieldConversion(to, this.of(from.type, to.type), false);
  }

  #union(from: UnionSchema, to: UnionSchema): Conversion {
    const targets = new Map(to.branches.map((branch) => [branchName(branch), branch]));
    const branches = new Map<string, Convert>();
    for (const branch of from.branches) {
      const target = targets.get(branchName(branch));
      const conversion = target === undefined ? 'same' : this.of(branch, target);
      if (conversion !== 'same') branches.set(branchName(branch), conversion);
    }
    if (branches.size === 0) return 'same';
    return (value) => {
      if (value === null || typeof value !== 'object') return value;
      const [name = ''] = Object.keys(value);
      const convert = branches.get(name);
      return convert === undefined ? value : { [name]: convert((value as Record<string, unknown>)[name]) };
    };
  }
}

function nullable(conversion: Conversion): Conversion {
  return conversion === 'same' ? 'same' : (value) => (value === null ? null : conversion(value));
}
