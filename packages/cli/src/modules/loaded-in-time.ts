/**
 * Resolves with a module that is being loaded; rejects where it takes longer than so many milliseconds. The wait keeps no process alive:
 * one in which nothing can happen any more ends at once.
 */
export async function loadedInTime<T>(loading: Promise<T>, longestMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = (): void =>
      reject(
        new Error(`it was not loaded to its end within ${String(longestMs / 1000)} s, and awaits something still`),
      );
    timer = setTimeout(give, longestMs).unref();
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}
