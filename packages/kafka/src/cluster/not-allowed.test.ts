import { HeadraceError } from '@headrace/core';
import { errorCode } from '@headrace/protocol';
import { expect, it } from 'vitest';
import { answerError } from './answer-error.ts';
import { namingRight, withRight } from './not-allowed.ts';

const refused = errorCode('TOPIC_AUTHORIZATION_FAILED');
const right = 'Read on topic "orders"';
const advice = 'The right that is missing: Read on topic "orders" ("headrace plan --acls" lists all).';

it('names a right that the answer is about', () => {
  const { code, message } = answerError(refused, 'does not let "orders/0" be read', { right });
  expect(code).toBe('KAFKA_NOT_ALLOWED');
  expect(message).toBe(`Kafka does not let "orders/0" be read: TOPIC_AUTHORIZATION_FAILED. ${advice}`);
});

it('names it later where the answer did not, once, with the place and the cause', () => {
  const place = { split: 'orders/0' };
  const plain = answerError(refused, 'does not give topic "orders"', { place });
  const better = namingRight(plain, right);
  expect(better.message).toBe(`${plain.message} ${advice}`);
  expect(better).toMatchObject({ code: 'KAFKA_NOT_ALLOWED', place, cause: plain });
  expect(namingRight(better, 'Write on topic "orders"')).toBe(better);
});

it('leaves any other error as it is', async () => {
  const other = new HeadraceError('KAFKA_FAILED', 'no');
  expect(namingRight(other, right)).toBe(other);
  await expect(withRight(right, Promise.reject(other))).rejects.toBe(other);
  expect(answerError(errorCode('UNKNOWN_TOPIC_OR_PARTITION'), 'x', { right }).message).not.toContain('right');
});
