import type { SinkDefinition } from '../component/sink.ts';
import { dropSink } from './drop.ts';
import { fileSink } from './file.ts';
import { stdoutSink } from './stdout.ts';

/** Lists the sinks that every topology may name. */
export const builtInSinks: readonly SinkDefinition[] = [dropSink, fileSink, stdoutSink];
