import { describe, expect, it } from 'vitest';
import { PositionEpochs } from './position-epochs.ts';

const partition = 't/0';

const told = (...starts: readonly (readonly [from: number, epoch: number])[]): PositionEpochs => {
  const epochs = new PositionEpochs();
  for (const [from, epoch] of starts) epochs.learn(partition, { from, epoch });
  return epochs;
};

describe('the epochs of positions', () => {
  it('are those of the record before the position', () => {
    const epochs = told([5, 1], [9, 4]);
    expect([5, 6, 9, 10, 1e9].map((offset) => epochs.before(partition, offset))).toEqual([-1, 1, 1, 4, 4]);
    expect(epochs.before('t/1', 6)).toBe(-1);
  });

  it('stay when the same records are read again', () => {
    const epochs = told([0, 1], [50, 2], [0, 1], [20, 1]);
    expect([1, 50, 51].map((offset) => epochs.before(partition, offset))).toEqual([1, 1, 2]);
  });

  it('are those of the new records when the log was cut off', () => {
    const epochs = told([0, 1], [50, 2], [80, 3], [60, 4]);
    expect([60, 61, 81].map((offset) => epochs.before(partition, offset))).toEqual([2, 4, 4]);
  });

  it('are not known where a broker does not tell them, and after the partition was forgotten', () => {
    const epochs = told([0, -1]);
    expect(epochs.before(partition, 1)).toBe(-1);
    epochs.learn(partition, { from: 0, epoch: 3 });
    epochs.forget(partition);
    expect(epochs.before(partition, 1)).toBe(-1);
  });

  it('do not pile up over many leaders', () => {
    const epochs = told(...Array.from({ length: 1000 }, (_, n) => [n, n] as const));
    expect([1000, 900].map((offset) => epochs.before(partition, offset))).toEqual([999, -1]);
  });
});
