/** Those who wait for an answer: each is let go by a call. */
export const waiting = new Set<() => void>();

/** Answers even numbers at once and odd ones when the test lets them go. */
export async function ask({ n }: { readonly n: number }): Promise<number> {
  if (n % 2 === 1) await new Promise<void>((resolve) => waiting.add(resolve));
  return n;
}

/** Has no answer for anybody. */
export function refuse(): never {
  throw Object.assign(new Error('There is no answer.'), { retryable: false });
}
