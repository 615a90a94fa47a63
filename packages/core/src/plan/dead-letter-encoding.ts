import type { Encoding } from '../component/encoding.ts';
import { isDynamic, type ValueType } from '../types/edge-type.ts';
import type { WritePlan } from './topology-plan.ts';

/** Says how a record that failed is written as a dead letter: in the schema of the edge that it came by. */
export function deadLetterWrite(type: ValueType): WritePlan {
  return { encoding: encodingFor(type), from: type };
}

function encodingFor(type: ValueType): Encoding {
  if (isDynamic(type)) return { codec: 'json', options: {}, schema: type };
  if (type.kind === 'string' || type.kind === 'bytes') return { codec: type.kind, options: {}, schema: type };
  return { codec: 'avro', options: {}, schema: type };
}
