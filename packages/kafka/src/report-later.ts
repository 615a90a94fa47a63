import type { InferContext } from '@headrace/core';

/** Reports an option of the format, or a value of one, that has no effect yet. */
export function reportLater(context: InferContext, option: string, value?: string): void {
  const what = value === undefined ? `The option "${option}"` : `The value "${value}" of "${option}"`;
  context.report({
    code: 'NOT_BUILT_YET',
    severity: 'error',
    at: [option],
    on: value === undefined ? 'key' : 'value',
    message: `${what} is part of the format, but not built yet.`,
  });
}
