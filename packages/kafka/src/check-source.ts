import { parseDuration } from '@headrace/core';
import type { InferContext, TopicPartition } from '@headrace/core';
import type { KafkaSourceOptions } from './kafka-source-options.ts';
import { reportLater } from './report-later.ts';
import { parseStart, startOffsets } from './start-at.ts';
import { topicPattern } from './topic-pattern.ts';

/** Reports what is wrong with how a source says which topics it reads, and where it begins. */
export function checkSource(written: KafkaSourceOptions, context: InferContext): void {
  checkTopics(written, context);
  checkPattern(written, context);
  checkStart(written, context);
  // Without state nothing waits for another partition: what has no effect may not be written as if it had one.
  if (written.waitForData !== undefined && parseDuration(written.waitForData) !== 0)
    reportLater(context, 'waitForData');
}

function checkTopics({ topic, topics, pattern }: KafkaSourceOptions, context: InferContext): void {
  const written = Object.entries({ topic, topics, pattern }).filter(([, value]) => value !== undefined);
  const [first, second] = written.map(([name]) => name);
  if (first === undefined)
    context.report({
      code: 'MISSING_KEY',
      severity: 'error',
      at: [],
      on: 'key',
      message: 'the key "topic" is missing.',
    });
  if (second === undefined) return;
  const message = `"${first}" and "${second}" exclude each other.`;
  context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [second], on: 'key', message });
}

function checkPattern({ pattern }: KafkaSourceOptions, context: InferContext): void {
  if (pattern === undefined || topicPattern(pattern) !== null) return;
  const message = `"${pattern.slice(0, 80)}" is no regular expression.`;
  context.report({ code: 'INVALID_PATTERN', severity: 'error', at: ['pattern'], message });
}

function checkStart(written: KafkaSourceOptions, context: InferContext): void {
  const { start } = written;
  if (start === undefined) return;
  if (typeof start !== 'string') return checkOffsets(written, context);
  if (parseStart(start) !== null) return;
  context.report({
    code: 'NOT_ALLOWED_VALUE',
    severity: 'error',
    at: ['start'],
    message: `"${start.slice(0, 40)}" is no place to start.`,
    suggestion: 'Write "earliest", "latest", or an instant with its zone such as "2026-01-31T00:00:00Z".',
  });
}

function checkOffsets(written: KafkaSourceOptions, context: InferContext): void {
  const known = startOffsets(written);
  const { topic, topics = [] } = written;
  for (const name of Object.keys(written.start as object)) {
    const full = topic !== undefined && /^\d+$/.test(name) ? `${topic}/${name}` : name;
    const of = full.slice(0, full.lastIndexOf('/'));
    const isRead =
      written.pattern === undefined ? [topic, ...topics].includes(of) : topicPattern(written.pattern)?.test(of);
    if (known.has(full as TopicPartition) && isRead !== false) continue;
    const message = `"${name.slice(0, 80)}" is no partition that is read here.`;
    const suggestion = topic === undefined ? 'Write "topic/0".' : 'Write the number of a partition, such as "0".';
    context.report({
      code: 'NOT_ALLOWED_VALUE',
      severity: 'error',
      at: ['start', name],
      on: 'key',
      message,
      suggestion,
    });
  }
}
