import { AvroError } from '../avro-error.ts';
import { branchName } from '../branches.ts';
import { formatSchema } from '../format-schema.ts';
import { MAX_RESOLUTION_STEPS } from '../limits.ts';
import { logicalsMatch, namesMatch } from '../matching.ts';
import { shortName } from '../names.ts';
import { plainFits } from '../read-plain.ts';
import { matchFields } from '../resolve-record.ts';
import type { EnumSchema, FixedSchema, RecordSchema, Schema, UnionSchema } from '../schema.ts';
import type { Incompatibility, IncompatibilityCode } from './incompatibility.ts';

/** Where a pair of types stands. */
interface Place {
  readonly path: string;
  readonly pointer: string;
}

const MAX_PROBLEMS = 1_000;

/**
 * Returns everything that is in the way of reading with `reader` what was written with `writer`, for some data at least
 * (Avro 1.12, "Schema Resolution"): none means that every datum can be read. Stricter than decoding in one point, as
 * Java is: a record that is renamed needs an alias. Throws AvroError RESOLUTION_FAILED for schemas whose comparison
 * takes more steps than the limits of this package allow.
 */
export function findIncompatibilities(reader: Schema, writer: Schema): readonly Incompatibility[] {
  const search = new Search();
  search.compare(reader, writer, { path: '', pointer: '' });
  return search.problems;
}

class Search {
  problems: Incompatibility[] = [];
  /** Pairs of records that were compared, or are being compared: they count as compatible. */
  readonly #compared = new Map<RecordSchema, Set<RecordSchema>>();
  readonly #order: [reader: RecordSchema, writer: RecordSchema][] = [];
  #steps = 0;

  compare(reader: Schema, writer: Schema, place: Place): void {
    if (reader === writer || this.problems.length >= MAX_PROBLEMS) return;
    if (++this.#steps > MAX_RESOLUTION_STEPS) {
      throw new AvroError('RESOLUTION_FAILED', 'the schemas are too large');
    }
    if (writer.kind === 'union') this.#fromUnion(reader, writer, place);
    else if (reader.kind === 'union') this.#toUnion(reader, writer, place);
    else if (reader.kind === 'record' && writer.kind === 'record') this.#records(reader, writer, place);
    else if (reader.kind === 'array' && writer.kind === 'array') {
      this.compare(reader.items, writer.items, { path: `${place.path}[]`, pointer: `${place.pointer}/items` });
    } else if (reader.kind === 'map' && writer.kind === 'map') {
      this.compare(reader.values, writer.values, { path: `${place.path}[]`, pointer: `${place.pointer}/values` });
    } else if (reader.kind === 'enum' && writer.kind === 'enum') this.#enums(reader, writer, place);
    else this.#plain(reader, writer, place);
  }

  #records(reader: RecordSchema, writer: RecordSchema, place: Place): void {
    const partners = this.#compared.get(reader) ?? new Set();
    if (partners.has(writer)) return;
    this.#compared.set(reader, partners.add(writer));
    this.#order.push([reader, writer]);
    this.#names(reader, writer, place);
    const slots = matchFields(writer, reader);
    const sources = new Map([...slots].map(([source, slot]) => [slot, source]));
    for (const [slot, field] of reader.fields.entries()) {
      const path = place.path === '' ? field.name : `${place.path}.${field.name}`;
      const pointer = `${place.pointer}/fields/${slot}`;
      const source = sources.get(slot);
      if (source !== undefined) this.compare(field.type, source.type, { path, pointer: `${pointer}/type` });
      else if (field.default === undefined) {
        const message = 'The field is not written, and the reader has no default for it.';
        this.#report('READER_FIELD_MISSING_DEFAULT_VALUE', { path, pointer }, message);
      }
    }
  }

  #enums(reader: EnumSchema, writer: EnumSchema, place: Place): void {
    this.#names(reader, writer, place);
    const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
    if (missing.length === 0 || reader.default !== undefined) return;
    const shown = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '');
    const [subject, verb] = missing.length === 1 ? ['The symbol', 'is'] : ['The symbols', 'are'];
    const message = `${subject} ${shown} may be written and ${verb} unknown to the reader, whose enum has no default.`;
    this.#report('MISSING_ENUM_SYMBOLS', { ...place, pointer: `${place.pointer}/symbols` }, message);
  }

  #fromUnion(reader: Schema, writer: UnionSchema, place: Place): void {
    for (const branch of writer.branches) {
      if (reader.kind === 'union') this.#toUnion(reader, branch, place);
      else this.compare(reader, branch, place);
    }
  }

  #toUnion(reader: UnionSchema, writer: Schema, place: Place): void {
    const candidates = reader.branches.map((branch, index) => ({
      branch,
      problems: this.#attempt(branch, writer, { ...place, pointer: `${place.pointer}/${index}` }),
    }));
    if (candidates.some(({ problems }) => problems.length === 0)) return;
    // Inside of the branch that is meant, what differs says more than that no branch fits.
    const meant = candidates.find(({ branch }) => isSameName(branch, writer));
    if (meant !== undefined) this.problems.push(...meant.problems);
    else {
      const message = `${nameOf(writer)} may be written, which is none of the reader's branches (${reader.branches.map(nameOf).join(', ')}).`;
      this.#report('MISSING_UNION_BRANCH', place, message);
    }
  }

  #attempt(reader: Schema, writer: Schema, place: Place): readonly Incompatibility[] {
    const mark = this.#order.length;
    const outer = this.problems;
    this.problems = [];
    this.compare(reader, writer, place);
    const found = this.problems;
    this.problems = outer;
    // What was found to fit need not be looked at again; what was not may rest on the pair that failed.
    if (found.length > 0) for (const [from, to] of this.#order.splice(mark)) this.#compared.get(from)?.delete(to);
    return found;
  }

  #plain(reader: Schema, writer: Schema, place: Place): void {
    if (plainFits(writer, reader) !== null) return;
    if (reader.kind === 'fixed' && writer.kind === 'fixed') {
      this.#names(reader, writer, place);
      if (reader.size !== writer.size) {
        const message = `${writer.size} bytes are written, the reader takes ${reader.size}.`;
        this.#report('FIXED_SIZE_MISMATCH', { ...place, pointer: `${place.pointer}/size` }, message);
      }
    }
    const [to, from] = [reader, writer].map((schema) => ('logical' in schema ? schema.logical : undefined));
    if (reader.kind === writer.kind || (isNumber(reader) && isNumber(writer) && !logicalsMatch(from, to))) {
      if (logicalsMatch(from, to)) return;
      const message = `${describe(writer)} is written, whose numbers mean something else as ${describe(reader)}.`;
      this.#report('LOGICAL_TYPE_MISMATCH', place, message);
    } else
      this.#report(
        'TYPE_MISMATCH',
        place,
        `${describe(writer)} is written, which cannot be read as ${describe(reader)}.`,
      );
  }

  #names(reader: RecordSchema | EnumSchema | FixedSchema, writer: typeof reader, place: Place): void {
    if (namesMatch(writer, reader)) return;
    const message = `The ${writer.kind} "${writer.name}" is written; the reader's has the name "${reader.name}" and no alias that says so.`;
    this.#report('NAME_MISMATCH', { ...place, pointer: `${place.pointer}/name` }, message);
  }

  #report(code: IncompatibilityCode, { path, pointer }: Place, message: string): void {
    this.problems.push({ code, path, pointer, message });
  }
}

function isSameName(a: Schema, b: Schema): boolean {
  return a.kind === b.kind && shortName(branchName(a)) === shortName(branchName(b));
}

function isNumber({ kind }: Schema): boolean {
  return kind === 'int' || kind === 'long' || kind === 'float' || kind === 'double';
}

function nameOf(schema: Schema): string {
  return branchName(schema) === schema.kind ? describe(schema) : branchName(schema);
}

function describe(schema: Schema): string {
  return schema.kind === 'record' || schema.kind === 'enum' ? `${schema.kind} ${schema.name}` : formatSchema(schema);
}
