import type { Component } from '@headrace/core';
import { kafkaSink, kafkaSinkDefinition } from './kafka-sink.ts';
import { kafka, kafkaSource } from './kafka-source.ts';

export { kafka, kafkaSink, kafkaSinkDefinition, kafkaSource };
export type { WrittenKafkaSink } from './kafka-sink.ts';
export type { WrittenKafkaSource } from './kafka-source.ts';

/** Lists the components of this package, for a registry. */
export const kafkaComponents: readonly Component[] = [kafkaSource, kafkaSinkDefinition];
