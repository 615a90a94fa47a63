import { builtInCodecs } from './codecs/index.ts';
import type { Component } from './component/registry.ts';
import { builtInOperators } from './operators/index.ts';
import { builtInSinks } from './sinks/index.ts';
import { builtInSources } from './sources/index.ts';

/** The components that need no package of their own: for `createRegistry`. */
export const builtInComponents: readonly Component[] = [
  ...builtInSources,
  ...builtInOperators,
  ...builtInSinks,
  ...builtInCodecs,
];
