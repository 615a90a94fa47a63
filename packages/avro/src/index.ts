export { AvroError, type AvroErrorCode } from './avro-error.ts';
export { branchName, nonNullBranch } from './branches.ts';
export {
  checkCompatibility,
  compatibilityModes,
  type CompatibilityMode,
  type CompatibilityProblem,
  type CompatibilityReport,
} from './compatibility/check-compatibility.ts';
export { findIncompatibilities } from './compatibility/find-incompatibilities.ts';
export type { Incompatibility, IncompatibilityCode } from './compatibility/incompatibility.ts';
export { inferSchema, type InferredSchema, type InferSchemaOptions } from './infer/infer-schema.ts';
export { readExactly } from './parse-json.ts';
export { formatTypes, type FormatTypesOptions } from './typescript/format-types.ts';
export type { TypeOf } from './typescript/type-of.ts';
export { canonicalForm } from './canonical-form.ts';
export type { BlockCodecName } from './container/block-codec.ts';
export type { ContainerBlock, ContainerPosition, EncodedRecords } from './container/container-block.ts';
export { ContainerError, type ContainerErrorCode } from './container/container-error.ts';
export type { ContainerHeader } from './container/container-header.ts';
export {
  appendToContainer,
  createContainerWriter,
  type BlockOptions,
  type ContainerWriter,
  type WriteContainerOptions,
} from './container/container-writer.ts';
export {
  readContainer,
  resumeContainer,
  type Chunks,
  type Container,
  type ReadContainerOptions,
} from './container/read-container.ts';
export { compressSnappy, decompressSnappy } from './container/snappy.ts';
export { writeContainer } from './container/write-container.ts';
export { canWriteZstandard, zstandardCodec } from './container/zstandard-codec.ts';
export { readZstandardFrameHead, type ZstandardFrameHead } from './container/zstandard-frames.ts';
export { createCodec, createResolvingCodec, type Codec, type Decoder } from './codec.ts';
export type { Decimal } from './decimal.ts';
export type { Duration } from './duration.ts';
export { defaultValue } from './default-value.ts';
export { fingerprint, type FingerprintAlgorithm } from './fingerprint.ts';
export { formatSchema } from './format-schema.ts';
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
export type { CodecOptions } from './long-form.ts';
export { parseSchema, parseSchemas, parseSchemaText, type ParseOptions } from './parse-schema.ts';
export { SchemaError, type SchemaErrorCode } from './schema-error.ts';
export {
  readerCode,
  type ByteRange,
  type FieldCode,
  type ReaderCode,
  type ReaderInput,
  type ReaderOptions,
} from './code/reader-code.ts';
export { Output } from './code/output.ts';
export { viewOf, type View, type ViewOptions } from './code/view.ts';
export { writerCode, type WriterOptions, type WriterSource } from './code/writer-code.ts';
export { readSchemaFile, readSchemaFiles } from './schema-files.ts';
export { schemaToJson, type SchemaJsonOptions } from './schema-json.ts';
export { schemaToText } from './schema-text.ts';
export { schemasEqual } from './schemas-equal.ts';
export type {
  ArraySchema,
  EnumSchema,
  Field,
  FixedSchema,
  Logical,
  LongForm,
  MapSchema,
  PrimitiveSchema,
  Properties,
  RecordSchema,
  Schema,
  UnionSchema,
} from './schema.ts';
