import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { builtInSinks } from './index.ts';

describe('every built-in sink', () => {
  it('has examples that its own options accept, and refuses options that it does not know', () => {
    for (const { options, examples, type } of builtInSinks) {
      expect(examples.length, type).toBeGreaterThan(0);
      for (const example of examples) expect(Value.Check(options, example.options), type).toBe(true);
      expect(Value.Check(options, { path: 'x', nonsense: 1 }), type).toBe(false);
    }
  });

  it('describes each of its options', () => {
    for (const { options, type } of builtInSinks) {
      const { properties } = options as { properties?: Record<string, { description?: string }> };
      for (const [name, schema] of Object.entries(properties ?? {}))
        expect(schema.description, `${type}.${name}`).toBeTruthy();
    }
  });
});
