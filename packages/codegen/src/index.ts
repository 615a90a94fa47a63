export { at, code, Code, join, literal, member, NO_CODE, objectLiteral, value } from './code.ts';
export type { Hole, SourceSpan } from './code.ts';
export { constant, type Constant } from './constant.ts';
export { name, type Name } from './name.ts';
export type { SpanMapping } from './render.ts';
export { sourceAt } from './source-at.ts';
export { renderFunction, toFunction, type FunctionDefinition, type RenderedFunction } from './to-function.ts';
