import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderNodes } from './order-nodes.ts';

const graph = (edges: Record<string, string[]>) => orderNodes(new Map(Object.entries(edges)));

describe('orderNodes', () => {
  it('puts every node after what it reads and keeps the order of the file otherwise', () => {
    expect(graph({ sink: ['b'], b: ['a'], a: [], c: [] }).order).toEqual(['a', 'c', 'b', 'sink']);
  });

  it('names a cycle in the direction of the records, from the first node of the file', () => {
    expect(graph({ a: ['c'], b: ['a'], c: ['b'], sink: ['c'] })).toEqual({ order: [], cycles: [['a', 'b', 'c']] });
  });

  it('names a node that reads itself, and each of several cycles', () => {
    expect(graph({ a: ['a'], b: ['c'], c: ['b'], d: [] })).toEqual({ order: ['d'], cycles: [['a'], ['b', 'c']] });
  });

  it('leaves out what lies behind a cycle and does not call it one', () => {
    expect(graph({ a: ['b'], b: ['a'], c: ['b'], d: ['c'] })).toEqual({ order: [], cycles: [['a', 'b']] });
  });

  it('takes a chain of 50,000 nodes', () => {
    const chain = new Map(Array.from({ length: 50_000 }, (_, i) => [`n${i}`, i === 0 ? [] : [`n${i - 1}`]]));
    expect(orderNodes(chain).order).toHaveLength(50_000);
  });

  it('orders any graph: each node after what it reads, each cycle a true one, nothing lost', () => {
    const arbitrary = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(arbitrary, (lists) => {
        const nodes = new Map(lists.map((reads, i) => [`${i}`, reads.map(String)]));
        const { order, cycles } = orderNodes(nodes);
        order.forEach((id, index) => {
          for (const read of nodes.get(id) ?? []) if (nodes.has(read)) expect(order.slice(0, index)).toContain(read);
        });
        for (const cycle of cycles)
          cycle.forEach((id, i) => expect(nodes.get(cycle[(i + 1) % cycle.length] as string)).toContain(id));
        const behind = new Set(cycles.flat());
        for (let size = -1; size !== behind.size;) {
          size = behind.size;
          for (const [id, reads] of nodes) if (reads.some((read) => behind.has(read))) behind.add(id);
        }
        expect(new Set([...order, ...behind]).size).toBe(nodes.size);
        expect(order.length + behind.size).toBe(nodes.size);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
