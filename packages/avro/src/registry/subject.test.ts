import { describe, expect, it } from 'vitest';
import { parseSchema } from '../parse-schema.ts';
import { subjectOf } from './subject.ts';

const schema = parseSchema({ type: 'record', name: 'com.example.Order', fields: [] });

describe('subjects', () => {
  it.each([
    ['topic', 'value', 'orders-value'],
    ['topic', 'key', 'orders-key'],
    ['record', 'value', 'com.example.Order'],
    ['topic-record', 'key', 'orders-com.example.Order'],
  ] as const)('are found by %s for a %s: %s', (strategy, part, subject) => {
    expect(subjectOf(strategy, { topic: 'orders', part, schema })).toBe(subject);
  });

  it('are not found by a name that the schema lacks', () => {
    const nameless = parseSchema('string');
    expect(subjectOf('topic', { topic: 'orders', part: 'key', schema: nameless })).toBe('orders-key');
    for (const strategy of ['record', 'topic-record'] as const) {
      expect(() => subjectOf(strategy, { topic: 'orders', part: 'key', schema: nameless })).toThrow(
        `The subject strategy "${strategy}" needs a record, enum or fixed with a name, not string.`,
      );
    }
  });
});
