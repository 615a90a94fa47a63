import { code, constant, join, name, NO_CODE, type Code, type Name } from '@headrace/codegen';
import { AvroError } from '../avro-error.ts';
import { nonNullBranch } from '../branches.ts';
import type { Field, LongForm, RecordSchema, Schema } from '../schema.ts';
import { copyBytes } from './copy-bytes.ts';
import { encodeCode, type WriterNames } from './encode-code.ts';
import { containsItself } from './contains-itself.ts';
import { fieldEncoder } from './encode-field.ts';
import { limitCheck } from './limit-check.ts';
import type { ByteRange, FieldCode, ReaderInput } from './reader-code.ts';
import { statements } from './skip-code.ts';
import { writeBytesAt } from './write-at.ts';

/**
 * Says where a field of the written datum comes from: a field of the input, whose bytes are copied where they are the
 * target's encoding and which is decoded and encoded else; the expression of a value in memory; or, for a record, its
 * fields. A field that is not named takes its default.
 */
export type WriterSource =
  { readonly copy: FieldCode } | { readonly value: Code } | { readonly fields: Readonly<Record<string, WriterSource>> };

/** Names what the written code works with. */
export interface WriterOptions {
  /** The variable of the `Output` to which a datum is appended. */
  readonly output: Name;
  /** Where the fields that are copied come from. */
  readonly input: ReaderInput;
  /** Whether the content of what is copied is checked as if it were read; true unless said. */
  readonly checks?: boolean;
  /** How longs are held in memory: `number` unless given; what a schema says goes before it. */
  readonly long?: LongForm;
}

interface Operation {
  /** Evaluates values and checks what is copied: reading comes before writing. */
  readonly read: Code;
  /** Checks values for their types. */
  readonly check: Code;
  readonly fixedRoom: number;
  readonly room: Code | null;
  readonly write: Code;
  /** Set where the bytes are copied in any case, so that neighbours may be copied together. */
  readonly range: ByteRange | null;
}

const COPY_BYTES = constant(copyBytes);
const WRITE_BYTES = constant(writeBytesAt);

/**
 * Writes the statements that append a datum of a record type to an output. Values are evaluated once, in the order of
 * the target's fields; the output's position moves when all is written, so that a failure leaves nothing behind.
 * They throw AvroError as reading and `Codec.encode` do. Throws NOT_ENCODABLE for a field without source and default.
 */
export function writerCode(
  schema: RecordSchema,
  sources: Readonly<Record<string, WriterSource>>,
  options: WriterOptions,
): Code {
  const names: WriterNames = {
    out: name('out'),
    outView: name('outView'),
    at: name('w'),
    long: options.long ?? 'number',
  };
  const parts = new Operations(names, options);
  const operations = merge(parts.record(schema, sources, []), names, options);
  const fixedRoom = operations.reduce((sum, operation) => sum + operation.fixedRoom, 0);
  const rooms = operations.flatMap(({ room }) => (room === null ? [] : [code` + ${room}`]));
  const needed = name('needed');
  const { output } = options;
  return code`
    {
      ${statements([
        ...operations.map((operation) => operation.read),
        ...operations.map((operation) => operation.check),
        code`const ${needed} = ${fixedRoom}${join(rooms, '')};`,
        code`if (${needed} > ${output}.buffer.length - ${output}.position) ${output}.grow(${needed});`,
        code`const ${names.out} = ${output}.buffer, ${names.outView} = ${output}.view;`,
        code`let ${names.at} = ${output}.position;`,
        ...operations.map((operation) => operation.write),
        limitCheck(schema, code`${output}.position`, parts.deepens, names),
        code`${output}.position = ${names.at};`,
      ])}
    }
  `;
}

class Operations {
  /** Whether a value that contains itself lies deeper than where its depth was counted. */
  deepens = false;
  private readonly names: WriterNames;
  private readonly options: WriterOptions;

  constructor(names: WriterNames, options: WriterOptions) {
    this.names = names;
    this.options = options;
  }

  record(schema: RecordSchema, sources: Readonly<Record<string, WriterSource>>, path: readonly string[]): Operation[] {
    const known = new Set(schema.fields.map((field) => field.name));
    const unknown = Object.keys(sources).find((source) => !known.has(source));
    if (unknown !== undefined) throw new RangeError(`The record has no field "${[...path, unknown].join('.')}".`);
    return schema.fields.flatMap((field) =>
      this.field(field, Object.hasOwn(sources, field.name) ? sources[field.name] : undefined, path),
    );
  }

  private field(field: Field, source: WriterSource | undefined, path: readonly string[]): Operation[] {
    if (source === undefined) return [this.constant(fieldEncoder(field, path, this.names.long).encode(undefined))];
    if ('fields' in source) return this.nested(field, source.fields, [...path, field.name]);
    if ('value' in source) return [this.value(field, source.value, path)];
    return this.copy(field, source.copy, path);
  }

  private nested(field: Field, sources: Readonly<Record<string, WriterSource>>, path: readonly string[]): Operation[] {
    const inner = nonNullBranch(field.type);
    const record = inner ?? field.type;
    if (record.kind !== 'record') {
      throw new AvroError('NOT_ENCODABLE', 'the type has no fields that could be written one by one', path.join('.'));
    }
    const index = inner === null ? [] : [this.constant(Uint8Array.of(indexByte(field.type, inner)))];
    return [...index, ...this.record(record, sources, path)];
  }

  private copy(field: Field, source: FieldCode, path: readonly string[]): Operation[] {
    const { range } = source;
    if (range === null) return [this.value(field, source.value, path)];
    const inner = nonNullBranch(field.type);
    if (source.copiesTo(field.type)) return [this.range(field, source, range, path)];
    if (inner === null || !source.copiesTo(inner)) return [this.value(field, source.value, path)];
    return [
      this.constant(Uint8Array.of(indexByte(field.type, inner))),
      this.range({ ...field, type: inner }, source, range, path),
    ];
  }

  private range(field: Field, source: FieldCode, range: ByteRange, path: readonly string[]): Operation {
    const checks = this.options.checks === false ? NO_CODE : code`${source.check};`;
    this.deepens ||= path.length >= source.path.length && containsItself(field.type);
    const copy = copyCode(range.start, range.end, this.names, this.options);
    const room = code`${range.end} - ${range.start}`;
    if (range.whole === null) return { read: checks, check: NO_CODE, fixedRoom: 0, room, write: copy, range };
    const bytes = name('bytes');
    const encode = constant(fieldEncoder(field, path, this.names.long).encode, 'encode');
    return {
      read: code`
        let ${bytes} = null;
        if (${range.whole}) {
          ${checks}
        } else {
          ${bytes} = ${encode}(${source.value});
        }
      `,
      check: NO_CODE,
      fixedRoom: 0,
      room: code`(${bytes} === null ? ${room} : ${bytes}.length)`,
      write: code`
        if (${bytes} === null) {
          ${copy}
        } else {
          ${this.names.at} = ${WRITE_BYTES}(${this.names.out}, ${this.names.at}, ${bytes});
        }
      `,
      range: null,
    };
  }

  private value(field: Field, value: Code, path: readonly string[]): Operation {
    this.deepens ||= path.length > 0 && containsItself(field.type);
    const variable = name(field.name);
    const { encode, recover } = fieldEncoder(field, path, this.names.long);
    const recovered = code`${constant(recover, 'recover')}(${variable})`;
    const written = encodeCode(field.type, variable, recovered, this.names);
    const read = code`let ${variable} = ${value};`;
    if (written !== null) return { read, range: null, ...written };
    return {
      read,
      check: code`${variable} = ${constant(encode, 'encode')}(${variable});`,
      fixedRoom: 0,
      room: code`${variable}.length`,
      write: code`${this.names.at} = ${WRITE_BYTES}(${this.names.out}, ${this.names.at}, ${variable});`,
      range: null,
    };
  }

  private constant(bytes: Uint8Array): Operation {
    const { out, at } = this.names;
    const write =
      bytes.length <= 8
        ? statements([...bytes].map((byte) => code`${out}[${at}++] = ${byte};`))
        : code`${at} = ${WRITE_BYTES}(${out}, ${at}, ${constant(bytes, 'bytes')});`;
    return { read: NO_CODE, check: NO_CODE, fixedRoom: bytes.length, room: null, write, range: null };
  }
}

function indexByte(type: Schema, branch: Schema): number {
  return type.kind === 'union' ? type.branches.indexOf(branch) * 2 : 0;
}

function copyCode(start: Name, end: Name, { out, outView, at }: WriterNames, { input }: WriterOptions): Code {
  return code`${at} = ${COPY_BYTES}(${input.buffer}, ${input.view}, ${start}, ${end}, ${out}, ${outView}, ${at});`;
}

/** Makes one copy of ranges that lie together in the input as they do in the output. */
function merge(operations: readonly Operation[], names: WriterNames, options: WriterOptions): Operation[] {
  const merged: Operation[] = [];
  for (const operation of operations) {
    const before = merged.at(-1);
    if (
      before === undefined ||
      before.range === null ||
      operation.range === null ||
      before.range.end !== operation.range.start
    ) {
      merged.push(operation);
      continue;
    }
    const range = { start: before.range.start, end: operation.range.end, whole: null };
    merged[merged.length - 1] = {
      read: statements([before.read, operation.read]),
      check: NO_CODE,
      fixedRoom: 0,
      room: code`${range.end} - ${range.start}`,
      write: copyCode(range.start, range.end, names, options),
      range,
    };
  }
  return merged;
}
