import { HeadraceError } from '@headrace/core';

/** The errors that name the right that is missing. */
const named = new WeakSet<HeadraceError>();

/** Makes the error of a broker that does not allow something; `right` is what is missing, such as `Read on topic "orders"`, or null. */
export function notAllowed(
  text: string,
  right: string | null,
  details: ConstructorParameters<typeof HeadraceError>[2] = {},
): HeadraceError {
  const advice = right === null ? '' : ` The right that is missing: ${right} ("headrace plan --acls" lists all).`;
  const error = new HeadraceError('KAFKA_NOT_ALLOWED', `${text}${advice}`, details);
  if (right !== null) named.add(error);
  return error;
}

/** Names the right that is missing in an error that says only that something is not allowed; any other error is returned as it is. */
export function namingRight<E>(thrown: E, right: string): E | HeadraceError {
  if (!(thrown instanceof HeadraceError) || thrown.code !== 'KAFKA_NOT_ALLOWED' || named.has(thrown)) return thrown;
  return notAllowed(thrown.message, right, { place: thrown.place, cause: thrown });
}

/** Waits for work; an error that says only that something is not allowed gets the right that is missing. */
export async function withRight<R>(right: string, work: Promise<R>): Promise<R> {
  try {
    return await work;
  } catch (error) {
    throw namingRight(error, right);
  }
}
