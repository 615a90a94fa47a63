import { describe, expect, it } from 'vitest';
import { suggest } from './suggest.ts';

describe('suggest', () => {
  it('finds the name that is few edits away', () => {
    expect(suggest('amout', ['count', 'amount', 'country'])).toBe('amount');
    expect(suggest('custmoerId', ['customerId', 'customer'])).toBe('customerId');
  });

  it('counts the case of letters as one edit', () => {
    expect(suggest('CUSTOMERID', ['customerId', 'x'])).toBe('customerId');
  });

  it('suggests nothing where every name is another word', () => {
    expect(suggest('amount', ['zebra', 'q'])).toBeUndefined();
    expect(suggest('a', ['b'])).toBeUndefined();
    expect(suggest('x'.repeat(1000), ['x'.repeat(1001)])).toBeUndefined();
  });
});
