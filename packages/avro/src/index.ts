export { AvroError, type AvroErrorCode } from './avro-error.ts';
export { branchName, nonNullBranch } from './branches.ts';
export { createCodec, createResolvingCodec, type Codec, type Decoder } from './codec.ts';
export type { Decimal } from './decimal.ts';
export { defaultValue } from './default-value.ts';
export { formatSchema } from './format-schema.ts';
export { parseSchema } from './parse-schema.ts';
export { SchemaError, type SchemaErrorCode } from './schema-error.ts';
export { schemaToJson } from './schema-json.ts';
export {
  readerCode,
  type ByteRange,
  type FieldCode,
  type ReaderCode,
  type ReaderInput,
  type ReaderOptions,
} from './code/reader-code.ts';
export { schemasEqual } from './schemas-equal.ts';
export type {
  ArraySchema,
  EnumSchema,
  Field,
  FixedSchema,
  Logical,
  MapSchema,
  PrimitiveSchema,
  RecordSchema,
  Schema,
  UnionSchema,
} from './schema.ts';
