import type { RegistrySettings } from './options.ts';

/** Collects what must not be printed, and takes it out of texts that come from outside. */
export class Secrets {
  readonly #values = new Set<string>();

  constructor({ auth, headers }: Pick<RegistrySettings, 'auth' | 'headers'>) {
    for (const value of Object.values(headers)) this.add(value);
    if (auth?.type === 'basic') {
      this.add(auth.password);
      this.add(basicToken(auth.username, auth.password));
    }
    if (auth?.type === 'bearer' && typeof auth.token === 'string') this.add(auth.token);
  }

  /** Remembers a secret; the forms in which JSON and URLs write it count as well. */
  add(secret: string): void {
    // A token may be renewed as often as one likes; the old ones are of no use.
    if (this.#values.size > 100) this.#values.clear();
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      if (form.length > 3) this.#values.add(form);
    }
  }

  /** Returns a text from outside as it may be printed: on one line, short, without secrets. */
  clean(text: string, maxLength = 300): string {
    let cleaned = text;
    for (const value of this.#values) cleaned = cleaned.replaceAll(value, '***');
    // Control characters, and those that turn the direction of writing.
    cleaned = cleaned.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
    return cleaned.length > maxLength ? `${cleaned.slice(0, maxLength)}…` : cleaned;
  }

  /** Returns an error from outside with name, code and message only, cleaned; its own causes likewise. */
  cleanError(thrown: unknown, depth = 0): Error {
    const { name, code, message, cause } = Object(thrown) as {
      name?: unknown;
      code?: unknown;
      message?: unknown;
      cause?: unknown;
    };
    const text = typeof message === 'string' ? message : typeof thrown === 'string' ? thrown : 'unknown';
    const inner =
      cause === undefined || cause === null || depth > 3 ? {} : { cause: this.cleanError(cause, depth + 1) };
    const error = new Error(this.clean(text), inner);
    // The stack would begin with this line; it says nothing about where the fault was.
    error.stack = `${typeof name === 'string' ? this.clean(name, 50) : 'Error'}: ${error.message}`;
    return typeof code === 'string' ? Object.assign(error, { code: this.clean(code, 50) }) : error;
  }
}

/** Returns the credentials of HTTP's basic scheme (RFC 7617), in UTF-8. */
export function basicToken(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}
