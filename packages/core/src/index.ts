export type { CodecDefinition } from './component/codec.ts';
export type { Clock } from './component/clock.ts';
export type {
  Expression,
  ExpressionOptions,
  ExpressionText,
  InferContext,
  LowerContext,
  NodeContext,
  SinkContext,
  SourceContext,
  WriteDefaults,
} from './component/contexts.ts';
export { defineCodec, defineOperator, defineSink, defineSource } from './component/define.ts';
export type { Decoder, Encoder, Encoding } from './component/encoding.ts';
export type { Example } from './component/example.ts';
export type { Finding, Path, Severity } from './component/finding.ts';
export type {
  AppendOptions,
  Committed,
  GroupListener,
  Log,
  Membership,
  ReaderOptions,
  StartAt,
  TopicPartition,
  Transaction,
} from './component/log.ts';
export type { AsyncNode, OperatorDefinition, OperatorTraits, PortSpec, StoreSpec } from './component/operator.ts';
export type { FramedReader } from './component/framed-reader.ts';
export type { Frame, SchemaRegistry } from './component/schema-registry.ts';
export { schemaIdOf } from './compile/schema-ids.ts';
export type { Position } from './component/position.ts';
export type { Refusal } from './component/refusal.ts';
export { createRegistry } from './component/registry.ts';
export type { Component, Registry } from './component/registry.ts';
export type { Sink, SinkDefinition, SinkTraits, TaskStart } from './component/sink.ts';
export type { Source, SourceDefinition, SourceTraits } from './component/source.ts';
export type { TopicCreation, TopicUse } from './component/topic-use.ts';
export type { ReadLimit, ReadResult, SplitProgress, SplitReader } from './component/split-reader.ts';
export type { FieldPath, Name, ProjectField, ProjectSource, StageOp } from './component/stage-op.ts';
export type {
  ClusterDefinition,
  LoginDefinition,
  OAuthDefinition,
  RegistryDefinition,
  ErrorPolicies,
  ErrorPolicy,
  NodeDefinition,
  ParameterDefinition,
  RunDefinition,
  TopologyDefinition,
} from './definition/topology-definition.ts';
export { parameterTypeWords, readParameterText } from './definition/read-parameter.ts';
export { asHeadraceError, HeadraceError } from './errors/headrace-error.ts';
export type { ErrorPlace } from './errors/headrace-error.ts';
export type {
  GraphNode,
  InputEdge,
  OperatorNode,
  Parameter,
  ResolvedPolicies,
  RetryOptions,
  RunSettings,
  SinkNode,
  SourceNode,
  TopologyGraph,
} from './graph/topology-graph.ts';
export { bytesAt, bytesColumn, columnsBytes, headersAt, nullColumn, sliceColumns } from './record/columns.ts';
export { gatherRows } from './record/gather.ts';
export { HeldBuffers, memoryOf } from './record/held-buffers.ts';
export type { SharedMemory } from './record/held-buffers.ts';
export { routeOf, routePrefix, withoutRoutes } from './record/route-headers.ts';
export type { BytesColumn, Column, Columns, Header, ObjectsColumn } from './record/columns.ts';
export type { Failure, FailureStage } from './record/failure.ts';
export { defaultPort } from './record/record-batch.ts';
export type { NodeId, Port, RecordBatch, Split, TaskId } from './record/record-batch.ts';
export { TaskBatch } from './record/task-batch.ts';
export type { BatchAccount, BatchOrigin, Place } from './record/task-batch.ts';
export type { FailureRoute, Stage, StageNode } from './stage/stage.ts';
export { Counters } from './telemetry/counters.ts';
export type { CountedDurations } from './telemetry/duration-histogram.ts';
export { systemClock } from './time/system-clock.ts';
export { celEnvironment } from './types/cel-environment.ts';
export { dynamic, isDynamic } from './types/edge-type.ts';
export { streamEdge } from './types/stream-edge.ts';
export type { Dynamic, EdgeType, KeyIdentity, ValueType } from './types/edge-type.ts';
export { checkTopology } from './validate/check-topology.ts';
export type { CheckedTopology, CheckOptions, TopologySource } from './validate/check-topology.ts';
export { findingSentence, formatFinding } from './definition/format-finding.ts';
export type { Excerpt, LocatedFinding } from './definition/located-finding.ts';
export { deadLetterSink } from './graph/topology-graph.ts';
export { durationOption, parseDuration } from './component/duration.ts';
export { parseSize, sizeOption } from './component/size.ts';
export { builtInCodecs } from './codecs/index.ts';
export { notRandom, randomOf, randomValue, type Random } from './sources/generate/random-value.ts';
export { planTopology } from './plan/plan-topology.ts';
export type { TopologyPlan } from './plan/topology-plan.ts';
export type { LifecycleState } from './runtime/lifecycle.ts';
export { StateDirectory } from './runtime/state-directory.ts';
export { startTopology } from './runtime/start-topology.ts';
export type { RunningTopology } from './runtime/start-topology.ts';
export { requireEnds } from './plan/require-ends.ts';
export { recordTotals } from './runtime/record-totals.ts';
export type { DroppedRecords, RecordTotals } from './runtime/record-totals.ts';
export type { RunObservation } from './runtime/run-observation.ts';
export type { PartitionReadingState, TaskObservation } from './runtime/task-observation.ts';
export type { RunResult, WorkerOptions } from './runtime/worker.ts';
export { builtInComponents } from './built-in-components.ts';
export { describeGraph } from './graph/describe-graph.ts';
export { topologyHashes, type TopologyHashes } from './graph/topology-hashes.ts';
export { publish, telemetryChannels } from './telemetry/channels.ts';
export { TurnMarks, turnCells } from './telemetry/turn-marks.ts';
export type { TelemetryEvents } from './telemetry/channels.ts';
export {
  codecOption,
  expressionOption,
  expressionOrFunctionOption,
  functionOption,
  schemaOption,
} from './component/option-schemas.ts';
export { Type } from './component/option-type.ts';
export { loadFunctions, type FunctionsToLoad } from './component/load-functions.ts';
export type { LoadContext, ModuleExports, ModuleLoader } from './component/module-loader.ts';
export { nodesUsing, type NodeWithOptions } from './component/nodes-using.ts';
export { UserFunction } from './component/user-function.ts';
export type { AnyFunction } from './component/user-function.ts';
export { codecWithSchema } from './component/author/codec-spec.ts';
export type { CodecSpec, CodecValue, WrittenCodec } from './component/author/codec-spec.ts';
export type { SchemaValue } from './component/author/schema-value.ts';
export { sinkSpec, sourceSpec } from './component/author/source-and-sink.ts';
export type { SinkExtras, SourceExtras } from './component/author/source-and-sink.ts';
export { Stream, streamOperator } from './component/author/stream.ts';
export type {
  DefaultPort,
  OperatorExtras,
  PortTypes,
  SinkSpec,
  SourceSpec,
  StreamOperator,
  TopologyDraft,
} from './component/author/stream.ts';
export type {
  ExpressionFile,
  FunctionWithSchema,
  ParameterReference,
  Written,
  WrittenExpression,
  WrittenFunction,
  WrittenText,
} from './component/author/written.ts';
export type { FunctionCall } from './component/function-call.ts';
export type {
  DetachedRecord,
  LookupFunction,
  NewRecord,
  ProcessFunction,
  RecordView,
  ValueFunction,
} from './component/record-view.ts';
export { defineTopology } from './definition/define-topology.ts';
export type { TopologyParts, TopologySettings } from './definition/define-topology.ts';
export { avro, csv, json } from './codecs/index.ts';
export {
  assert,
  branch,
  filter,
  flatMap,
  keyBy,
  lookup,
  map,
  parse,
  peek,
  process,
  rx,
  sample,
  throttle,
} from './operators/index.ts';
export type { FlatMapped, WrittenFlatMap, WrittenLookup, WrittenParse } from './operators/index.ts';
export type { BranchCase, Mapped, WrittenFields, WrittenKey, WrittenMap } from './operators/index.ts';
export { dropSink, fileSink, stdoutSink } from './sinks/index.ts';
export { file, generate, stdin } from './sources/index.ts';
export type { WrittenFileSource, WrittenGenerate, WrittenStdin } from './sources/index.ts';
export { documentSchema } from './definition/document-schema.ts';
export { editorSchema } from './definition/editor-schema.ts';
export { formatDefinition } from './definition/format-definition.ts';
export type { Formatted } from './definition/format-definition.ts';
export { referencePages } from './definition/reference-pages.ts';
export type { ReferencePage } from './definition/reference-pages.ts';
export { TextDocument } from './definition/text-document.ts';
export { recordsOf } from './record/records-of.ts';
export type { BatchRecord } from './record/records-of.ts';
export type { NodeRun } from './component/operator.ts';
export type { AsyncNodeContext } from './component/contexts.ts';
export type { RxFunction } from './operators/index.ts';
export { checkDocument } from './definition/check-document.ts';
export type { CheckedDocument } from './definition/check-document.ts';
export { parseText } from './definition/parsed-source.ts';
export { replaceInText } from './definition/replace-in-text.ts';
export { dynamicExpression } from './graph/dynamic-expression.ts';
export { describePlan, formatPlan } from './plan/describe-plan.ts';
export { describeStages, formatStages } from './plan/describe-stages.ts';
export type { DescribedNode, DescribedStageCode } from './plan/describe-stages.ts';
export type { DescribedPath, DescribedPlan, DescribedStage } from './plan/describe-plan.ts';
export { generateSource, streamSource } from './sources/index.ts';
