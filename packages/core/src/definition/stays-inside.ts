/** Tells whether a relative path stays in its folder. By its text alone: what a link leads to is the author's own affair. */
export function staysInside(path: string): boolean {
  if (/^([/\\]|[A-Za-z]:)/.test(path) || path.includes('\0')) return false;
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth--;
    else if (part !== '.' && part !== '') depth++;
    if (depth < 0) return false;
  }
  return depth > 0;
}
