import type { Component } from '@headrace/core';
import { kafkaSink } from './kafka-sink.ts';
import { kafkaSource } from './kafka-source.ts';

export { kafkaSink, kafkaSource };

/** Lists the components of this package, for a registry. */
export const kafkaComponents: readonly Component[] = [kafkaSource, kafkaSink];
