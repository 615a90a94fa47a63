export { AvroError, type AvroErrorCode } from './avro-error.ts';
export { branchName, nonNullBranch } from './branches.ts';
export { createCodec, createResolvingCodec, type Codec, type Decoder } from './codec.ts';
export type { Decimal } from './decimal.ts';
export { defaultValue } from './default-value.ts';
export { formatSchema } from './format-schema.ts';
export { parseSchema } from './parse-schema.ts';
export { createRegistryClient } from './registry/create-registry-client.ts';
export { FRAME_BYTES, readFrame, writeFrame } from './registry/frame.ts';
export { createFramedDecoder, type FramedDecoder, type FramedDecoderOptions } from './registry/framed-decoder.ts';
export type {
  FailedIdsOptions,
  RegistryAuth,
  RegistryClock,
  RegistryOptions,
  RegistryRetry,
} from './registry/options.ts';
export type {
  CompatibilityLevel,
  RegisteredVersion,
  RegistryClient,
  SchemaToRegister,
  Waiting,
} from './registry/registry-client.ts';
export { RegistryError, type RegistryErrorCode } from './registry/registry-error.ts';
export type { RegistryFetch, RegistryResponse } from './registry/registry-fetch.ts';
export type { RegisteredSchema } from './registry/schema-cache.ts';
export type { SchemaReference } from './registry/stored-schema.ts';
export { subjectOf, type SubjectOf, type SubjectStrategy } from './registry/subject.ts';
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
