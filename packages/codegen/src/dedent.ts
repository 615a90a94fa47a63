const KNOWN = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Takes the common indentation, and the line breaks at both ends, away from the texts of a template literal. */
export function dedent(template: TemplateStringsArray): readonly string[] {
  const before = KNOWN.get(template);
  if (before !== undefined) return before;
  if (!Array.isArray(template.raw)) throw new TypeError('Code is built by template literals only.');
  if (template.some((text) => text === undefined || text.includes('$'))) {
    throw new TypeError('The text of code must not hold "$": it keeps names apart from text.');
  }
  const texts =
    template.length === 0 || !template.some((text) => text.includes('\n')) ? [...template] : outdent(template);
  KNOWN.set(template, texts);
  return texts;
}

function outdent(template: readonly string[]): string[] {
  const indents: number[] = [];
  for (const [index, text] of template.entries()) {
    for (const match of text.matchAll(/\n([ \t]*)(?=[^\s]|$)/g)) {
      // A line of white space at the very end is that of the closing backtick.
      const closing = index === template.length - 1 && match.index + match[0].length === text.length;
      if (!closing) indents.push((match[1] ?? '').length);
    }
  }
  const depth = indents.length === 0 ? 0 : Math.min(...indents);
  const texts = template.map((text) => text.replaceAll(new RegExp(`\\n[ \\t]{0,${depth}}`, 'g'), '\n'));
  texts[0] = (texts[0] ?? '').replace(/^[ \t]*\n/, '');
  const last = texts.length - 1;
  texts[last] = (texts[last] ?? '').replace(/\n[ \t]*$/, '');
  return texts;
}
