/** Tells whether a path stands for several files. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}

/** Tells whether a name fits one part of a pattern (`*` any characters, `?` one); hidden names only fit what begins with a dot. */
export function fitsPart(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${text}$`, 's').test(name);
}

/** Tells whether a path, its parts between `/`, fits a pattern of which a part `**` stands for any number of folders. */
export function fitsPattern(pattern: string, path: string): boolean {
  return fits(pattern.split('/'), path.split('/'));
}

function fits([part, ...parts]: readonly string[], [name, ...names]: readonly string[]): boolean {
  if (part === undefined) return name === undefined;
  if (name === undefined) return false;
  if (part === '**') return fits(parts, [name, ...names]) || (!name.startsWith('.') && fits([part, ...parts], names));
  return fitsPart(part, name) && fits(parts, names);
}
