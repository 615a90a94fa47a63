import type { Code, Part, SourceSpan } from './code.ts';
import { Constant } from './constant.ts';
import { Name } from './name.ts';

/** Says which part of rendered text a span of the source expression gave rise to; offsets in UTF-16 units. */
export interface SpanMapping {
  readonly from: number;
  readonly to: number;
  readonly source: SourceSpan;
}

const NEGATIVE_ZERO = Symbol('-0');

/** Turns code into text: gives names their identifiers, collects constants, and notes where spans went. */
export class Renderer {
  private readonly identifiers = new Map<Name, string>();
  private readonly hoisted = new Map<unknown, string>();
  private readonly used = new Map<string, number>();
  private readonly mappings: SpanMapping[] = [];
  private text = '';
  // The white space that the current line begins with, and whether nothing else stands on it yet.
  private lead = '';
  private blank = true;

  /** Adds a fragment at the end of the text. */
  write(part: Part): void {
    this.add(part, '');
  }

  /** Returns the identifier of a name: the hint, `$` and a number. */
  identifierOf(name: Name): string {
    let identifier = this.identifiers.get(name);
    if (identifier === undefined) {
      identifier = this.fresh(name.hint);
      this.identifiers.set(name, identifier);
    }
    return identifier;
  }

  /** Returns the text so far. */
  get source(): string {
    return this.text;
  }

  /** Returns the constants that the text uses, by their identifiers, in the order of their first use. */
  get constants(): ReadonlyMap<string, unknown> {
    return new Map([...this.hoisted].map(([value, identifier]) => [identifier, value === NEGATIVE_ZERO ? -0 : value]));
  }

  /** Returns where the spans of the source went, inner ones first. */
  get spans(): readonly SpanMapping[] {
    return this.mappings;
  }

  /** Returns an identifier that stands nowhere else in the text. */
  fresh(hint: string): string {
    const number = (this.used.get(hint) ?? 0) + 1;
    this.used.set(hint, number);
    return `${hint}$${number}`;
  }

  private add(part: Part, indent: string): void {
    if (typeof part === 'string') this.append(indent === '' ? part : part.replaceAll('\n', `\n${indent}`));
    else if (part instanceof Name) this.append(this.identifierOf(part));
    else if (part instanceof Constant) this.append(this.hoist(part));
    else this.addCode(part, indent);
  }

  private addCode(fragment: Code, indent: string): void {
    const from = this.text.length;
    // A fragment that begins a line keeps its later lines as deep as that one.
    const inner = this.blank && this.lead.length > indent.length ? this.lead : indent;
    for (const part of fragment.parts) this.add(part, inner);
    if (fragment.span !== null) this.mappings.push({ from, to: this.text.length, source: fragment.span });
  }

  private append(text: string): void {
    this.text += text;
    const start = text.lastIndexOf('\n') + 1;
    if (start > 0) {
      this.lead = '';
      this.blank = true;
    }
    if (!this.blank || start === text.length) return;
    const space = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
    this.lead += space;
    this.blank = start + space.length === text.length;
  }

  private hoist(constant: Constant): string {
    // A map takes -0 for 0.
    const key = Object.is(constant.value, -0) ? NEGATIVE_ZERO : constant.value;
    let identifier = this.hoisted.get(key);
    if (identifier === undefined) {
      identifier = this.fresh(constant.hint);
      this.hoisted.set(key, identifier);
    }
    return identifier;
  }
}
