import type { LiteralNode, Span } from './node.ts';

/** Describes a word of the source. `text` is what `punctuation` says, or the name without back-ticks. */
export type Token =
  | (Span & { readonly kind: 'name'; readonly text: string; readonly escaped: boolean })
  | (Span & { readonly kind: 'literal'; readonly text: string; readonly literal: LiteralNode })
  | (Span & { readonly kind: 'punctuation'; readonly text: string })
  | (Span & { readonly kind: 'end'; readonly text: string });

/** Lists the words that CEL keeps for itself and that cannot be names. */
export const reservedWords: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
