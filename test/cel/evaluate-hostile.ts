import { readFileSync } from 'node:fs';
import { CelError, check, generated, interpreter, type CelType } from '@headrace/cel';

// Evaluates the expression of standard input by both back ends. Ends with 0 where both give a value or a coded error.
const source = readFileSync(0, 'utf8');
const variables = new Map<string, CelType>([
  ['v', { kind: 'int' }],
  ['s', { kind: 'string' }],
  ['l', { kind: 'list', element: { kind: 'int' } }],
]);
const values: Record<string, unknown> = { v: 1, s: 'x'.repeat(2000), l: Array.from({ length: 1000 }, (_, i) => i) };
const limits = ['COST_LIMIT', 'STEP_LIMIT', 'RESULT_TOO_LARGE'];
const { checked } = check(source, { variables });
if (checked !== null) {
  const outcomes = [interpreter(checked), generated(checked)].map((evaluate) => {
    try {
      return { value: evaluate((name) => values[name]) };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      // Code evaluates equal terms once, so that another limit may be the first.
      return { code: limits.includes(error.code) ? 'LIMIT' : error.code };
    }
  });
  const [first, second] = outcomes.map((outcome) =>
    JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  if (first !== second)
    throw new Error(`The back ends do not agree: ${first!.slice(0, 80)} and ${second!.slice(0, 80)}.`);
}
