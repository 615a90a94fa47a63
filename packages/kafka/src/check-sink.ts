import { canWriteZstandard } from '@headrace/avro';
import { routePrefix } from '@headrace/core';
import type { EdgeType, InferContext } from '@headrace/core';
import type { KafkaSinkOptions } from './kafka-sink-options.ts';

/** Reports what is wrong with how a sink says where records go: one topic, or an expression and the topics that it may give. */
export function checkSinkTopics({ topic, topicBy, topics }: KafkaSinkOptions, context: InferContext): void {
  const missing = (key: string): void => {
    const message = `the key "${key}" is missing.`;
    context.report({ code: 'MISSING_KEY', severity: 'error', at: [], on: 'key', message });
  };
  const conflict = (at: string, message: string): void =>
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [at], on: 'key', message });
  if (topic === undefined && topicBy === undefined) missing('topic');
  if (topic !== undefined && topicBy !== undefined) conflict('topicBy', '"topic" and "topicBy" exclude each other.');
  else if (topicBy !== undefined && topics === undefined) missing('topics');
  if (topics !== undefined && topicBy === undefined)
    conflict('topics', '"topics" has a meaning beside "topicBy" only.');
}

/** Reports what is wrong with how a sink makes and writes its records; `input` is the edge that its expressions were checked on. */
export function checkSinkWriting(written: KafkaSinkOptions, input: EdgeType, context: InferContext): void {
  const { compression, headers = {}, deleteWhen, value } = written;
  if (compression === 'zstd' && !canWriteZstandard)
    context.report({
      code: 'OPTIONS_CONFLICT',
      severity: 'error',
      at: ['compression'],
      message: `Node 22.15 is the first that can write "zstd"; this is ${process.version}.`,
      suggestion: 'Use "lz4", or a later Node.',
    });
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(routePrefix)) continue;
    const message = `names of headers that begin with "${routePrefix}" say where a record goes and never leave.`;
    context.report({ code: 'NOT_ALLOWED_VALUE', severity: 'error', at: ['headers', name], on: 'key', message });
  }
  if (deleteWhen !== undefined && input.key === null) {
    const message = 'a deletion deletes a key, and these records have none.';
    const suggestion = 'Write "keyBy".';
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['deleteWhen'], on: 'key', message, suggestion });
  }
  if (value === 'asRead' && written.schemaName !== undefined) {
    const message = '"schemaName" names what is encoded, and "asRead" encodes nothing.';
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: ['schemaName'], on: 'key', message });
  }
}
