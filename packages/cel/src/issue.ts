/** Describes something that is wrong, or likely to be, in the text of an expression. Offsets count UTF-16 units. */
export interface Issue {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  start: number;
  end: number;
  /** What to write instead, where that is known. */
  suggestion?: string;
}
