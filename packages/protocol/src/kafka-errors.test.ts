import { expect, it } from 'vitest';
import { errorCode, kafkaError } from './kafka-errors.ts';

it('knows the errors by number and by name', () => {
  expect(kafkaError(27)).toEqual({ code: 27, name: 'REBALANCE_IN_PROGRESS', retriable: false });
  expect(kafkaError(51)).toMatchObject({ name: 'CONCURRENT_TRANSACTIONS', retriable: true });
  expect(errorCode('FENCED_INSTANCE_ID')).toBe(82);
});

it('keeps the number of an error that it does not know', () => {
  expect(kafkaError(999)).toEqual({ code: 999, name: 'UNKNOWN_SERVER_ERROR', retriable: false });
});
