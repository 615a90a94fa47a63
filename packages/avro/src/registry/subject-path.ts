import { RegistryError } from './registry-error.ts';

/** Returns the path of a request from its steps, encoded. Throws RegistryError BAD_OPTION for what no path can hold. */
export function pathOf(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${encoded(step)}`).join('');
}

function encoded(step: string | number): string {
  const text = String(step);
  // URLs take dots for steps up, however they are encoded.
  if (text !== '' && text !== '.' && text !== '..') {
    try {
      return encodeURIComponent(text);
    } catch {
      // Half of a surrogate pair.
    }
  }
  throw new RegistryError('BAD_OPTION', '', `${JSON.stringify(text)} cannot be asked for: it cannot stand in a URL.`);
}
