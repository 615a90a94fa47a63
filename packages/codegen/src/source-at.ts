import type { SourceSpan } from './code.ts';
import type { SpanMapping } from './render.ts';

/** Returns the narrowest span of the source expression that gave rise to the text at an offset, or null. */
export function sourceAt(spans: readonly SpanMapping[], offset: number): SourceSpan | null {
  let best: SpanMapping | null = null;
  for (const span of spans) {
    if (offset < span.from || offset >= span.to) continue;
    if (best === null || span.to - span.from < best.to - best.from) best = span;
  }
  return best === null ? null : best.source;
}
