import type { Excerpt } from './located-finding.ts';

/** A range of characters of a text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const widest = 120;
const before = 60;

/** A file's text, for turning offsets into lines, columns and excerpts. Ranges in `masked` are shown as `***`. */
export class TextDocument {
  readonly file: string;
  readonly text: string;
  readonly masked: readonly Range[];
  readonly #lineStarts: number[];

  constructor(file: string, text: string, masked: readonly Range[] = []) {
    this.file = file;
    this.text = text;
    this.masked = masked;
    this.#lineStarts = [0];
    for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#lineStarts.push(match.index + match[0].length);
  }

  /** Returns the line and column, both from 1, of an offset. */
  position(offset: number): { line: number; column: number } {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#lineStarts[low] as number) + 1 };
  }

  /** Cuts out the line of a range for showing: less indentation, at most so wide, secrets hidden. */
  excerpt(range: Range): Excerpt {
    const { line, column } = this.position(range.start);
    const lineStart = this.#lineStarts[line - 1] as number;
    const nextStart = this.#lineStarts[line] ?? this.text.length;
    let text = this.#hidden(lineStart, nextStart).replace(/[\r\n]+$/, '');
    const caretInLine = Math.min(column - 1, text.length);
    const length = Math.max(1, Math.min(range.end, lineStart + text.length) - range.start);
    text = text.replaceAll(/\s/g, ' ');
    const indentation = text.length - text.trimStart().length;
    let cut = Math.max(0, Math.min(indentation, caretInLine) - 2);
    if (text.length - cut > widest) cut = Math.max(cut, caretInLine - before);
    const shown = text.slice(cut, cut + widest).trimEnd();
    // White space at the end of the line is not shown.
    const caret = Math.min(caretInLine - cut, shown.length);
    return { line, text: shown, caret, length: Math.min(length, Math.max(1, shown.length - caret)) };
  }

  // Stars of the same length, so that columns stay true.
  #hidden(from: number, to: number): string {
    let text = this.text.slice(from, to);
    for (const { start, end } of this.masked) {
      const [left, right] = [Math.max(start, from), Math.min(end, to)];
      if (left < right) text = text.slice(0, left - from) + '*'.repeat(right - left) + text.slice(right - from);
    }
    return text;
  }
}
