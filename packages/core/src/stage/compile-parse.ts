import type { ParseStep } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { compileExpression } from './expression.ts';
import type { OpContext } from './op-context.ts';
import { textParser } from './parse-text.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Builds what takes a text apart; bytes are read as UTF-8. */
export function compileParse(step: ParseStep, context: OpContext): () => unknown {
  const text = compileExpression(step.of, context.names);
  const parse = textParser(step.format, context.json);
  return () => parse(textOf(text()));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) throw new HeadraceError('NOT_PARSABLE', 'What is to be parsed is no text.');
  try {
    return decoder.decode(value);
  } catch (cause) {
    throw new HeadraceError('BAD_UTF8', 'What is to be parsed is not UTF-8.', { cause });
  }
}
