import type { Observer } from 'rxjs';

/** Makes an observer whose `next` cannot throw into RxJS: whatever goes wrong is told to `fail`, once, and nothing is taken after it. */
export function guarded<T>(
  next: (value: T) => void,
  fail: (error: unknown) => void,
  complete: () => void = () => {},
): Observer<T> {
  let failed = false;
  const failOnce = (error: unknown): void => {
    if (failed) return;
    failed = true;
    fail(error);
  };
  return {
    next(value) {
      if (failed) return;
      try {
        next(value);
      } catch (error) {
        failOnce(error);
      }
    },
    error: failOnce,
    complete,
  };
}
