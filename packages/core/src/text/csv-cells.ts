/** How the cells of CSV are told apart: one character each. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Around cells with delimiters or line breaks in them; twice inside of such a cell it stands for itself. */
  readonly quote: string;
}

/**
 * Splits one record of CSV into its cells (RFC 4180). A quote inside of a cell that does not begin with one is a part of it; what
 * follows a closing quote other than a delimiter is an error, as is a quote that is never closed: null is returned.
 */
export function csvCells(text: string, { delimiter, quote }: CsvDialect): string[] | null {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== quote) {
      const end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    const cell = quotedCell(text, at, quote);
    if (cell === null) return null;
    cells.push(cell.value);
    if (cell.end === text.length) return cells;
    if (text[cell.end] !== delimiter) return null;
    at = cell.end + 1;
  }
}

function quotedCell(text: string, start: number, quote: string): { value: string; end: number } | null {
  let value = '';
  for (let at = start + 1; ;) {
    const end = text.indexOf(quote, at);
    if (end < 0) return null;
    value += text.slice(at, end);
    if (text[end + 1] !== quote) return { value, end: end + 1 };
    value += quote;
    at = end + 2;
  }
}

/**
 * Joins cells to one record of CSV, without a line end; what could be misread is quoted, and so are an empty text, which is no null,
 * and a null that stands alone, since an empty line is no record.
 */
export function csvRecord(cells: readonly (string | null)[], { delimiter, quote }: CsvDialect): string {
  if (cells.length === 1 && cells[0] === null) return quote + quote;
  return cells
    .map((cell) => {
      if (cell === null) return '';
      if (cell !== '' && !mustQuote(cell, delimiter, quote)) return cell;
      return quote + cell.replaceAll(quote, quote + quote) + quote;
    })
    .join(delimiter);
}

function mustQuote(cell: string, delimiter: string, quote: string): boolean {
  return cell.includes(delimiter) || cell.includes(quote) || /[\r\n]|^\s|\s$/.test(cell);
}
