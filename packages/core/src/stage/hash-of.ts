/** Hashes a value to a whole number from 0 to 2³² - 1, evenly spread and the same in every run: FNV-1a with a final mix. */
export function hashOf(value: unknown): number {
  return mix(add(0x811c9dc5, value));
}

function add(hash: number, value: unknown): number {
  if (value === null || value === undefined) return addText(hash, 'n');
  if (value instanceof Uint8Array) return value.reduce(addByte, addText(hash, 'b'));
  if (Array.isArray(value)) return value.reduce<number>(add, addText(hash, 'l'));
  if (typeof value === 'object') {
    const names = Object.keys(value).sort();
    return names.reduce(
      (sum, name) => add(addText(sum, `k${name}`), (value as Record<string, unknown>)[name]),
      addText(hash, 'o'),
    );
  }
  // A whole number is the same whether it is kept as a number or beyond 2^53.
  const kind = typeof value === 'bigint' ? 'number' : typeof value;
  return addText(hash, `${kind[0] as string}${String(value as string | number | bigint | boolean)}`);
}

function addText(hash: number, text: string): number {
  let sum = hash;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    sum = addByte(addByte(sum, code & 0xff), code >> 8);
  }
  return sum;
}

function addByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193) >>> 0;
}

// Short texts leave the upper bits of FNV-1a uneven.
function mix(hash: number): number {
  let sum = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
