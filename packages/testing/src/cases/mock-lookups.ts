import { dynamicExpression, HeadraceError } from '@headrace/core';
import type { MockAnswer, TestFile } from './test-file.ts';

/** What nodes that ask are answered, by their ids. */
export type Mocks = NonNullable<TestFile['mocks']>;

/** Puts mocks in the place of what nodes would ask: the node keeps all its options but where its answers come from. */
export function withMocks(definition: unknown, mocks: Mocks): unknown {
  const operators = (definition as { operators?: Readonly<Record<string, object>> }).operators ?? {};
  const mocked = Object.entries(mocks).map(([id, answers]) => {
    const node = Object.hasOwn(operators, id) ? operators[id] : undefined;
    if (node === undefined || !('$use' in node || 'http' in node))
      throw new HeadraceError('UNKNOWN_NODE', `"mocks" names "${id}", which is no node that asks anybody.`, {
        place: { node: id },
      });
    const rest = Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'http'));
    return [id, { ...rest, $use: mockOf(id, answers) }];
  });
  return { ...(definition as object), operators: { ...operators, ...Object.fromEntries(mocked) } };
}

function mockOf(id: string, answers: readonly MockAnswer[]) {
  const compiled = answers.map((answer) =>
    'when' in answer
      ? { holds: dynamicExpression(answer.when), gives: answer.then }
      : { holds: () => true, gives: answer.otherwise },
  );
  return (value: unknown): Promise<unknown> => {
    const names = typeof value === 'object' && value !== null ? { ...value, value } : { value };
    const found = compiled.find(({ holds }) => holds(names) === true);
    if (found === undefined)
      return Promise.reject(
        new HeadraceError('MOCK_MISSING', `No mock of "${id}" answers this record. Add an "otherwise".`),
      );
    const failure = (found.gives as { $error?: unknown } | null)?.$error;
    return failure === undefined
      ? Promise.resolve(found.gives)
      : Promise.reject(new Error(typeof failure === 'string' ? failure : JSON.stringify(failure)));
  };
}
