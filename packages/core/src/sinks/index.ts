import type { SinkDefinition } from '../component/sink.ts';
import { dropSinkDefinition } from './drop.ts';
import { fileSinkDefinition } from './file.ts';
import { stdoutSinkDefinition } from './stdout.ts';

/** Lists the sinks that every topology may name. */
export const builtInSinks: readonly SinkDefinition[] = [dropSinkDefinition, fileSinkDefinition, stdoutSinkDefinition];

export { dropSink } from './drop.ts';
export { fileSink } from './file.ts';
export { stdoutSink } from './stdout.ts';
