import { code, constant, join, name, type Code, type Name } from '@headrace/codegen';
import { resolve } from '../resolution.ts';
import type { LongForm, Schema } from '../schema.ts';
import { fieldCode } from './field-code.ts';
import { structureError } from './read-at.ts';
import { ScanCode } from './scan-code.ts';
import { SkipFunctions } from './skip-functions.ts';
import { statements } from './skip-code.ts';
import { typeAt, type Leaf, type Want } from './want.ts';

/** Names the variables in which a function of the caller's holds the bytes that are read. */
export interface ReaderInput {
  /** The bytes: a Buffer. */
  readonly buffer: Name;
  /** A DataView over the same bytes, from the same first one on. */
  readonly view: Name;
  /** Where the datum begins and ends. */
  readonly start: Name;
  readonly end: Name;
}

/** Says what code is wanted. */
export interface ReaderOptions {
  /** Whether the byte ranges of the fields are noted; true unless said. */
  readonly ranges?: boolean;
  /** How longs are held in memory: `number` unless given; what a schema says goes before it. */
  readonly long?: LongForm;
}

/** Holds the code that reads some fields of a datum. */
export interface ReaderCode {
  /** Functions that the walk calls; belongs into the `setup` of the function that holds it. */
  readonly setup: Code;
  /**
   * The declaration of the variables that the walk sets and the expressions read. Inside the function that holds the
   * walk they are fastest; in its `setup` they live on after a call, for code that runs later.
   */
  readonly declare: Code;
  /**
   * The statements that walk one datum from `start` to `end`, check its structure and set the variables.
   * They throw the AvroError that the object codec throws for a structure that is wrong, whatever is asked for.
   */
  readonly scan: Code;
  /** The fields, in the order of the paths. */
  readonly fields: readonly FieldCode[];
}

/** Holds the code of a field, good after the walk and until the next one. Nothing is decoded before it is evaluated. */
export interface FieldCode {
  readonly path: readonly string[];
  /** The type of `value`: the reader's; a union with null where a record on the way may be null. */
  readonly type: Schema;
  /**
   * The expression of the value in memory. Each evaluation decodes anew: who needs it twice binds it.
   * Throws the object codec's AvroError for content that is wrong.
   */
  readonly value: Code;
  /** The expression that tells whether the value is null, without decoding it. */
  readonly isNull: Code;
  /** An expression that checks the content as `value` does, for its errors only: no string is made. */
  readonly check: Code;
  /** The expressions of where the field's bytes lie in `buffer`; null where it has none of its own in every datum. */
  readonly range: ByteRange | null;
  /** Tells whether those bytes are the encoding of the same value in another type, so that they may be copied. */
  copiesTo(type: Schema): boolean;
  /** Returns the expression that compares the value with a text: `value === text`, without a string where it can be. */
  equals(text: string): Code;
}

/** Says where bytes lie. A range that begins where another ends has the same `start` as that one has `end`. */
export interface ByteRange {
  readonly start: Name;
  readonly end: Name;
  /**
   * The expression that tells whether the bytes stand by themselves; null: they always do. A block of an array may say
   * its size, and say it wrong: such bytes are read where they are, and might be refused at another place.
   */
  readonly whole: Code | null;
}

/**
 * Writes code that reads fields of what `writer` wrote as `reader` shows them. A path names a field, and fields of
 * records inside it, null and records alike; the empty path is the whole datum. Throws AvroError RESOLUTION_FAILED for
 * schemas that do not fit, RangeError for a path that the reader does not have.
 */
export function readerCode(
  writer: Schema,
  reader: Schema,
  paths: readonly (readonly string[])[],
  input: ReaderInput,
  options: ReaderOptions = {},
): ReaderCode {
  const { ranges = true, long = 'number' } = options;
  const { want, leaves } = wantOf(reader, paths);
  const [position, scratch, content] = [name('p'), name('n'), name('v')];
  const functions = new SkipFunctions();
  const fail = code`throw ${constant(structureError(writer), 'structureError')}(${input.buffer}, ${input.start}, ${input.end});`;
  const walk = { buffer: input.buffer, end: input.end, position, scratch, fail, depth: 0, functions };
  const scan = new ScanCode(walk, ranges);
  const walked = scan.value(writer, resolve(writer, reader), want, 0);
  const variables = [position, scratch, content, ...scan.variables].map((variable) => code`${variable} = 0`);
  return {
    setup: functions.declarations,
    declare: code`let ${join(variables, ', ')};`,
    scan: statements([
      code`${position} = ${input.start};`,
      functions.reset,
      walked,
      code`if (${position} !== ${input.end}) ${fail}`,
    ]),
    fields: leaves.map((leaf) => fieldCode(leaf, { input, scratch: content, functions, long })),
  };
}

function wantOf(reader: Schema, paths: readonly (readonly string[])[]): { want: Want; leaves: Leaf[] } {
  const root: Want = { leaf: null, fields: new Map() };
  const leaves = paths.map((path) => {
    const type = typeAt(reader, path);
    let want = root;
    for (const step of path) {
      const next = want.fields.get(step) ?? { leaf: null, fields: new Map() };
      want.fields.set(step, next);
      want = next;
    }
    return (want.leaf ??= { path, type, sites: [], at: name('at'), end: null, variant: null });
  });
  return { want: root, leaves };
}
