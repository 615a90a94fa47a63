import { NO_CODE, type Code, type Part } from './code.ts';
import { identifierFrom, type Name } from './name.ts';
import { Renderer, type SpanMapping } from './render.ts';

/** Describes a function to be made of code. */
export interface FunctionDefinition {
  /** What stack traces call it; for readers only. */
  readonly name?: string;
  readonly params: readonly Name[];
  /** The statements of the function; names that it assigns are declared by it or by `setup`. */
  readonly body: Code;
  /** Statements that run once, when the function is made; what they declare lives as long as the function. */
  readonly setup?: Code;
}

/** Shows the text of a function before anything is evaluated. */
export interface RenderedFunction {
  /** The whole text: setup, then `return` and the function. */
  readonly source: string;
  /** Where spans of the source expression went in it, inner ones first. */
  readonly spans: readonly SpanMapping[];
  /** What is handed to the text as parameters, by name. */
  readonly constants: ReadonlyMap<string, unknown>;
}

/** Renders a function as text, for readers and for `toFunction`. */
export function renderFunction(definition: FunctionDefinition): RenderedFunction {
  const { params, body, setup = NO_CODE } = definition;
  const renderer = new Renderer();
  const write = (part: Part) => renderer.write(part);
  write('"use strict";\n');
  if (setup !== NO_CODE) {
    write(setup);
    write('\n');
  }
  write(`return function ${renderer.fresh(identifierFrom(definition.name ?? 'generated'))}(`);
  write(params.map((param) => renderer.identifierOf(param)).join(', '));
  write(') {\n  ');
  write(body);
  write('\n};\n');
  return { source: renderer.source, spans: renderer.spans, constants: renderer.constants };
}

/**
 * Makes a function of code. This is the only place of Headrace that evaluates text; all of the text comes from
 * template literals of its own packages, and data reaches it as parameters.
 */
export function toFunction<F extends (...args: never[]) => unknown>(definition: FunctionDefinition): F {
  const { source, constants } = renderFunction(definition);
  const make = new Function(...constants.keys(), source) as (...values: unknown[]) => F;
  return make(...constants.values());
}
