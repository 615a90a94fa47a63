import type { ProcessFunction, RecordView } from '@headrace/core';

interface Order {
  readonly id: string;
  readonly amount: number;
}

export const isLarge = (order: Order): boolean => order.amount > 10;
export const half = (order: Order): number => order.amount / 2;
export const keyOf = (order: Order, record: RecordView<Order>): string => `${order.id}@${String(record.offset)}`;
export const wrongType = (): string => 'no number';
export const promised = (): Promise<boolean> => Promise.resolve(true);
export const priced = (order: Order): object => ({ id: order.id, total: order.amount * 2 });
export const noFunction = 1;

let kept: RecordView<Order> | null = null;
/** Keeps the record that it was given, and reads the one of the call before. */
export const readsLate = (_order: Order, record: RecordView<Order>): boolean => {
  const late = kept;
  kept = record;
  return late === null || late.offset >= 0;
};

export const watched: string[] = [];
export const watch = (order: Order, record: RecordView<Order>): void => {
  watched.push(`${order.id} ${JSON.stringify(record.detach().headers)}`);
};

/** Emits an order once for each unit, and a note for those that are none. */
export const units: ProcessFunction<Order> = (order, _record, emit) => {
  for (let unit = 0; unit < order.amount; unit++)
    emit({ value: { id: order.id, amount: unit }, key: `${order.id}/${unit}` });
  if (order.amount === 0) emit({ value: order.id, headers: { why: 'nothing' } }, 'none');
  if (order.amount < 0) emit({ value: { id: 1 } });
};

/** Answers for orders; what it answers is told by the id. */
export const locate = async (order: Order, _record: unknown, { signal }: { signal: AbortSignal }): Promise<unknown> => {
  asked.push(order.id);
  if (order.id.startsWith('fail')) throw new Error(`no answer for ${order.id}`);
  if (order.id.startsWith('never'))
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  if (order.id.startsWith('once')) {
    if (asked.filter((id) => id === order.id).length === 1) throw new Error('not yet');
    return `at ${order.id}`;
  }
  if (order.id.startsWith('wrong')) return 7;
  if (order.id.startsWith('held')) return new Promise((resolve) => held.push(() => resolve(`at ${order.id}`)));
  await new Promise((resolve) => setImmediate(resolve));
  return `at ${order.id}`;
};
export const asked: string[] = [];
export const held: (() => void)[] = [];
