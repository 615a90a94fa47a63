import type { DestinationStream } from 'pino';

/** A line at the foot of a terminal that is written anew in place; what is logged meanwhile stands above it. */
export class StatusLine implements DestinationStream {
  readonly #out: DestinationStream;
  #text = '';

  constructor(out: DestinationStream) {
    this.#out = out;
  }

  /** Shows a text, cut to the width of the terminal. */
  show(text: string, columns: number): void {
    this.#text = text.slice(0, Math.max(0, columns - 1));
    this.#out.write(`\r\u{1B}[K${this.#text}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#text === '') return;
    this.#text = '';
    this.#out.write('\r\u{1B}[K');
  }

  /** Writes whole lines above it. */
  write(lines: string): void {
    this.#out.write(this.#text === '' ? lines : `\r\u{1B}[K${lines}${this.#text}`);
  }
}
