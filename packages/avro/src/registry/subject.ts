import type { Schema } from '../schema.ts';
import { RegistryError } from './registry-error.ts';

/** Names how the subject of a record's schema is found (Confluent's TopicName-, RecordName- and TopicRecordNameStrategy). */
export type SubjectStrategy = 'topic' | 'record' | 'topic-record';

/** Says for what a subject is asked. */
export interface SubjectOf {
  readonly topic: string;
  readonly part: 'key' | 'value';
  readonly schema: Schema;
}

/**
 * Returns the subject under which a schema is registered. Throws RegistryError BAD_OPTION where the strategy needs
 * a name and the schema has none.
 */
export function subjectOf(strategy: SubjectStrategy, { topic, part, schema }: SubjectOf): string {
  switch (strategy) {
    case 'topic':
      return `${topic}-${part}`;
    case 'record':
      return nameOf(schema, strategy);
    case 'topic-record':
      return `${topic}-${nameOf(schema, strategy)}`;
  }
}

function nameOf(schema: Schema, strategy: SubjectStrategy): string {
  if ('name' in schema && schema.name !== null) return schema.name;
  const message = `The subject strategy "${strategy}" needs a record, enum or fixed with a name, not ${schema.kind}.`;
  throw new RegistryError('BAD_OPTION', '', message);
}
