import jsonc from 'jsonc-parser';
import type { JSONScanner } from 'jsonc-parser';

/** A comment on lines of its own. */
export interface WrittenComment {
  readonly text: string;
  readonly blankBefore: boolean;
}

/** A member of an object or an item of a list, with the comments around it. */
export interface WrittenEntry {
  readonly leading: readonly WrittenComment[];
  readonly blankBefore: boolean;
  /** The key with its quotes; null in a list. */
  readonly key: string | null;
  readonly value: WrittenValue;
  /** Comments behind it on its line. */
  readonly trailing: readonly string[];
}

/** A value as it is written: scalars with their own spelling, objects and lists with all that stands in them. */
export type WrittenValue =
  | { readonly kind: 'scalar'; readonly text: string }
  | {
      readonly kind: 'object' | 'array';
      readonly entries: readonly WrittenEntry[];
      readonly closing: readonly WrittenComment[];
    };

const token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  trivia: 15,
  end: 17,
};

/** Reads JSON with comments that is known to be well formed, keeping comments and blank lines. */
export function readTree(text: string) {
  const reader = new TreeReader(text);
  const before = reader.comments();
  const value = reader.value();
  const trailing = reader.trailing();
  const after = reader.comments();
  const texts = (comments: readonly WrittenComment[]) => comments.map(({ text }) => text);
  return { before: texts(before), value, after: [...trailing, ...texts(after)] };
}

class TreeReader {
  readonly #source: string;
  readonly #scanner: JSONScanner;
  #token = 0;
  // As it is written: the scanner gives texts without their escapes.
  #text = '';
  /** Comments that were passed on the way to the end of a list or object. */
  #pending: WrittenComment[] = [];
  /** Line breaks between the token before and this one. */
  #breaks = 0;

  constructor(source: string) {
    this.#source = source;
    this.#scanner = jsonc.createScanner(source, false);
    this.#next();
  }

  value(): WrittenValue {
    const opens = this.#token;
    if (opens !== token.openBrace && opens !== token.openBracket) {
      const text = this.#text;
      this.#next();
      return { kind: 'scalar', text };
    }
    const closes = opens === token.openBrace ? token.closeBrace : token.closeBracket;
    this.#next();
    const entries: WrittenEntry[] = [];
    for (;;) {
      const leading = this.comments();
      if (this.#token === closes) {
        this.#next();
        return { kind: opens === token.openBrace ? 'object' : 'array', entries, closing: leading };
      }
      entries.push(this.#entry(leading, opens === token.openBrace));
    }
  }

  /** Takes the comments that stand here, whatever line they are on. */
  comments(): WrittenComment[] {
    const comments = this.#pending;
    this.#pending = [];
    while (this.#isComment()) comments.push({ blankBefore: this.#breaks > 1, text: this.#takeComment() });
    return comments;
  }

  /** Takes the comments that follow on the same line. */
  trailing(): string[] {
    const texts: string[] = [];
    while (this.#isComment() && this.#breaks === 0) texts.push(this.#takeComment());
    return texts;
  }

  // What stands between a key and its value moves before the key.
  #entry(leading: readonly WrittenComment[], named: boolean): WrittenEntry {
    const blankBefore = this.#breaks > 1;
    const moved: WrittenComment[] = [];
    let key: string | null = null;
    if (named) {
      key = this.#text;
      this.#next();
      moved.push(...this.comments());
      this.#next();
      moved.push(...this.comments());
    }
    const value = this.value();
    const trailing = this.trailing();
    const behind = this.comments();
    if (this.#token === token.comma) {
      this.#next();
      trailing.push(...this.trailing());
      moved.push(...behind);
    } else this.#pending = behind;
    const [first, ...others] = moved.map(({ text }) => ({ text, blankBefore: false }));
    if (first === undefined) return { leading, blankBefore, key, value, trailing };
    return { leading: [...leading, { ...first, blankBefore }, ...others], blankBefore: false, key, value, trailing };
  }

  #isComment(): boolean {
    return this.#token === token.lineComment || this.#token === token.blockComment;
  }

  #takeComment(): string {
    const text = this.#text.trimEnd();
    this.#next();
    return text;
  }

  #next(): void {
    this.#breaks = 0;
    for (;;) {
      this.#token = this.#scanner.scan();
      if (this.#token === token.lineBreak) this.#breaks++;
      else if (this.#token !== token.trivia) break;
    }
    const from = this.#scanner.getTokenOffset();
    this.#text = this.#source.slice(from, from + this.#scanner.getTokenLength());
  }
}
