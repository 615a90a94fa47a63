import { ProtocolError, within } from '../protocol-error.ts';
import type { RawTag } from '../schema/field.ts';
import type { ByteReader } from './byte-reader.ts';
import { unsignedVarintSize } from './byte-writer.ts';
import type { ByteWriter } from './byte-writer.ts';
import { writtenValue } from './struct-field.ts';
import type { StructField } from './struct-field.ts';

type Struct = Record<string, unknown>;

interface WrittenTag {
  readonly tag: number;
  readonly size: number;
  write(writer: ByteWriter): void;
}

/** Reads the tagged fields at the end of a struct into it. Tags ascend; what a tag's reader leaves of its bytes is an error. */
export function readTags(reader: ByteReader, tagged: ReadonlyMap<number, StructField>, struct: Struct): void {
  const count = reader.unsignedVarint();
  if (count * 2 > reader.left)
    throw new ProtocolError('TOO_MANY_ITEMS', `${count} tagged fields cannot be in ${reader.left} bytes.`);
  let last = -1;
  const unknown: RawTag[] = [];
  for (let index = 0; index < count; index++) {
    const tag = reader.unsignedVarint();
    if (tag <= last) throw new ProtocolError('BAD_TAG', `Tag ${tag} comes after tag ${last}.`);
    last = tag;
    const size = reader.unsignedVarint();
    if (size > reader.left) throw new ProtocolError('TRUNCATED', `A tagged field of ${size} bytes is cut off.`);
    const field = tagged.get(tag);
    if (field === undefined) unknown.push({ tag, bytes: reader.bytes(size) });
    else struct[field.name] = readTag(reader, field, size);
  }
  if (unknown.length > 0) struct['unknownTags'] = unknown;
}

function readTag(reader: ByteReader, field: StructField, size: number): unknown {
  const outer = reader.end;
  const end = reader.at + size;
  reader.end = end;
  try {
    const value = field.codec.read(reader);
    if (reader.at !== end) throw new ProtocolError('BAD_TAG', `${end - reader.at} bytes of a tagged field are left.`);
    return value;
  } catch (error) {
    throw within(field.name, error);
  } finally {
    reader.end = outer;
  }
}

/** Measures the tagged fields of a struct, their count included. */
export function tagsSize(tagged: ReadonlyMap<number, StructField>, struct: Readonly<Struct>): number {
  const tags = writtenTags(tagged, struct);
  let size = unsignedVarintSize(tags.length);
  for (const tag of tags) size += unsignedVarintSize(tag.tag) + unsignedVarintSize(tag.size) + tag.size;
  return size;
}

/** Writes the tagged fields of a struct that are not at their default, and those that were kept unread. */
export function writeTags(
  writer: ByteWriter,
  tagged: ReadonlyMap<number, StructField>,
  struct: Readonly<Struct>,
): void {
  const tags = writtenTags(tagged, struct);
  writer.unsignedVarint(tags.length);
  for (const tag of tags) {
    writer.unsignedVarint(tag.tag);
    writer.unsignedVarint(tag.size);
    tag.write(writer);
  }
}

function writtenTags(tagged: ReadonlyMap<number, StructField>, struct: Readonly<Struct>): WrittenTag[] {
  const tags: WrittenTag[] = [];
  for (const [tag, field] of tagged) {
    const value = writtenValue(field, struct);
    if (!field.isDefault(value)) tags.push(knownTag(tag, field, value));
  }
  const unknown = struct['unknownTags'] as readonly RawTag[] | undefined;
  if (unknown === undefined) return tags.sort((a, b) => a.tag - b.tag);
  for (const { tag, bytes } of unknown) {
    if (tagged.has(tag)) throw new ProtocolError('BAD_TAG', `Tag ${tag} is one that this version knows.`);
    tags.push({ tag, size: bytes.length, write: (writer) => writer.bytes(bytes) });
  }
  tags.sort((a, b) => a.tag - b.tag);
  if (tags.some(({ tag }, index) => !isTag(tag) || tag === tags[index - 1]?.tag))
    throw new ProtocolError('BAD_TAG', 'Tags are different integers from 0 to 2147483647.');
  return tags;
}

function knownTag(tag: number, field: StructField, value: unknown): WrittenTag {
  try {
    return { tag, size: field.codec.size(value), write: (writer) => field.codec.write(writer, value) };
  } catch (error) {
    throw within(field.name, error);
  }
}

function isTag(tag: number): boolean {
  return Number.isInteger(tag) && tag >= 0 && tag <= 0x7fffffff;
}
