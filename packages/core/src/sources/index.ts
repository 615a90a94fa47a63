import type { SourceDefinition } from '../component/source.ts';
import { fileSource } from './file.ts';
import { generateSource } from './generate.ts';
import { stdinSource } from './stdin.ts';

/** Lists the sources that every topology may name. */
export const builtInSources: readonly SourceDefinition[] = [fileSource, generateSource, stdinSource];

export { file } from './file.ts';
export type { WrittenFileSource } from './file.ts';
export { generate, generateSource } from './generate.ts';
export type { WrittenGenerate } from './generate.ts';
export { stdin, streamSource } from './stdin.ts';
export type { WrittenStdin } from './stdin.ts';
