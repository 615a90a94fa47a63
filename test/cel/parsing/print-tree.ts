import type { LiteralNode, Node } from '@headrace/cel';

/**
 * Prints a tree as cel-go's `ToDebugString` does, but without white space and marks of node kinds: the form in which
 * `@bufbuild/cel-spec` gives the trees that cel-go made of its own parser tests.
 */
export function printTree(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node);
    case 'name':
      return `${node.absolute ? '.' : ''}${node.name}`;
    case 'member':
      return node.optional
        ? `_?._(${printTree(node.target)},${JSON.stringify(node.name)})`
        : `${printTree(node.target)}.${node.name}`;
    case 'index':
      return printCall(node.optional ? '_[?_]' : '_[_]', [node.target, node.index]);
    case 'call':
      return node.target === null
        ? printCall(node.name, node.args)
        : printCall(`${printTree(node.target)}.${node.name}`, node.args);
    case 'unary':
      return printCall(`${node.operator}_`, [node.operand]);
    case 'binary':
      return printCall(node.operator === 'in' ? '@in' : `_${node.operator}_`, [node.left, node.right]);
    case 'logical':
      return printBalanced(`_${node.operator}_`, node.operands.map(printTree));
    case 'conditional':
      return printCall('_?_:_', [node.test, node.whenTrue, node.whenFalse]);
    case 'list':
      return `[${node.elements.map((element, i) => (node.optionals.includes(i) ? '?' : '') + printTree(element)).join(',')}]`;
    case 'map':
      return `{${node.entries.map(({ key, value, optional }) => `${optional ? '?' : ''}${printTree(key)}:${printTree(value)}`).join(',')}}`;
    case 'message':
      return `${node.absolute ? '.' : ''}${node.name}{${node.fields.map(({ name, value, optional }) => `${optional ? '?' : ''}${name}:${printTree(value)}`).join(',')}}`;
  }
}

function printCall(name: string, args: readonly Node[]): string {
  return `${name}(${args.map(printTree).join(',')})`;
}

// cel-go makes trees of little depth of long chains of && and ||.
function printBalanced(name: string, operands: readonly string[]): string {
  const print = (low: number, high: number): string => {
    const middle = Math.floor((low + high + 1) / 2);
    const left = middle === low ? operands[middle]! : print(low, middle - 1);
    const right = middle === high ? operands[middle + 1]! : print(middle + 1, high);
    return `${name}(${left},${right})`;
  };
  return print(0, operands.length - 2);
}

function printLiteral(node: LiteralNode): string {
  switch (node.type) {
    case 'uint':
      return `${node.value}u`;
    case 'double':
      return printDouble(node.value);
    case 'string':
      return quote(Array.from(node.value));
    case 'bytes':
      return `b${quote(charactersOf(node.value))}`;
    default:
      return String(node.value);
  }
}

// As Go's FormatFloat(value, 'g', -1, 64).
function printDouble(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 21 && (power < 6 || mantissa.replace(/\D/g, '').length > power)) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

// Bytes that are no UTF-8 stand for themselves: a number above all code points.
const RAW = 0x110000;

function charactersOf(bytes: Uint8Array): (string | number)[] {
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return Array.from(text);
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : RAW + byte));
}

const LETTERS: Readonly<Record<string, string>> = {
  '\x07': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '"': '"',
  '\\': '\\',
};

// As Go's %q.
function quote(characters: readonly (string | number)[]): string {
  return `"${characters.map(quoteCharacter).join('')}"`;
}

function quoteCharacter(character: string | number): string {
  if (typeof character === 'number') return `\\x${(character - RAW).toString(16).padStart(2, '0')}`;
  const letter = LETTERS[character];
  if (letter !== undefined) return `\\${letter}`;
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
