/**
 * Returns how many milliseconds an answer asks to wait (RFC 9110, "Retry-After"); null where it does not say.
 * A date counts from the answer's own `Date`, so that no clock of this machine is needed.
 */
export function retryAfterMs(headers: { get(name: string): string | null }): number | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
