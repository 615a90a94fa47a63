import type { SourceDefinition } from '../component/source.ts';
import { fileSource } from './file.ts';

/** Lists the sources that every topology may name. */
export const builtInSources: readonly SourceDefinition[] = [fileSource];

export { file } from './file.ts';
export type { WrittenFileSource } from './file.ts';
