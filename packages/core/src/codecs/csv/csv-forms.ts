import { defaultValue, nonNullBranch, type Field, type RecordSchema } from '@headrace/avro';
import type { Encoding } from '../../component/encoding.ts';
import { HeadraceError } from '../../errors/headrace-error.ts';
import { WrittenForms } from '../written-forms.ts';
import { cellReader } from './cells.ts';

/** How one field is read: from a cell, or always the same value. */
export interface CsvField {
  readonly name: string;
  /** The number of its cell; -1 where there is none. */
  readonly cell: number;
  readonly read: (text: string) => unknown;
  readonly fill: unknown;
}

/** In which order the cells of records stand. */
export interface CsvForm {
  readonly cells: number;
  readonly fields: readonly CsvField[];
}

const forms = new WrittenForms<CsvForm>();

/** Returns how cells stand without a line that names them: in the order of the fields. */
export function plainForm({ fields }: RecordSchema): CsvForm {
  return {
    cells: fields.length,
    fields: fields.map(({ name, type }, cell) => ({ name, cell, read: cellReader(type), fill: null })),
  };
}

/**
 * Notes that there are files of an encoding whose cells have these names, and returns the number under which the form is found again.
 * Throws `WRONG_HEADER` where the names are not those of columns of the schema: cells under wrong names would be worse than none.
 */
export function formNumber(encoding: Encoding, schema: RecordSchema, names: readonly string[]): number {
  return forms.numberOf(encoding, JSON.stringify(names), () => namedForm(schema, names));
}

/** Returns the form that a number was given for. */
export function formOf(encoding: Encoding, number: number): CsvForm | undefined {
  return forms.at(encoding, number);
}

function namedForm({ fields }: RecordSchema, names: readonly string[]): CsvForm {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrongHeader(`names the column "${twice.slice(0, 80)}" twice`);
  if (!fields.some(({ name }) => names.includes(name)))
    throw wrongHeader('names none of the fields of the schema; a file without such a line needs "header": false');
  return { cells: names.length, fields: fields.map((field) => csvField(field, names.indexOf(field.name))) };
}

function csvField(field: Field, cell: number): CsvField {
  const { name, type } = field;
  if (cell >= 0) return { name, cell, read: cellReader(type), fill: null };
  const fill = defaultValue(field);
  const takesNull = type.kind === 'null' || nonNullBranch(type) !== null;
  if (fill === undefined && !takesNull)
    throw wrongHeader(`has no column "${name}", and that field takes neither null nor a default`);
  return { name, cell, read: cellReader(type), fill: fill ?? null };
}

function wrongHeader(what: string): HeadraceError {
  return new HeadraceError('WRONG_HEADER', `The first line ${what}.`);
}
