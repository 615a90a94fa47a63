import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineScanner } from './line-scanner.ts';

describe('LineScanner', () => {
  it('cuts text that comes in pieces of any size as a plain split does, within its limits', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n'), maxLength: 6 });
    const limits = fc.record({ records: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), limits, fc.boolean(), (pieces, limit, skipEmpty) => {
        const scanner = new LineScanner(skipEmpty);
        const lines: string[] = [];
        let consumed = 0;
        const takeAll = (atEnd: boolean): void => {
          for (;;) {
            const taken = scanner.take(limit, atEnd);
            const { starts, ends, buffer } = taken;
            expect(starts.length).toBeLessThanOrEqual(limit.records);
            if (starts.length > 1) expect(taken.consumed).toBeLessThanOrEqual(limit.bytes);
            consumed += taken.consumed;
            for (const [row, start] of starts.entries())
              lines.push(Buffer.from(buffer.subarray(start, ends[row])).toString());
            if (starts.length === 0) return;
          }
        };
        for (const text of pieces) {
          if (text !== '') scanner.add(Buffer.from(text));
          takeAll(false);
        }
        takeAll(true);
        const text = pieces.join('');
        const expected = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
        if (text === '' || text.endsWith('\n')) expected.pop();
        expect(lines).toEqual(skipEmpty ? expected.filter(Boolean) : expected);
        expect(consumed).toBe(text.length);
        expect(scanner.pending).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});
