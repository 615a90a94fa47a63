import { HeadraceError } from '@headrace/core';
import {
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSSASLAuthenticationError,
} from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { commitError, kafkaError } from './errors.ts';

const protocol = (type: string, retriable: boolean): Error =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 0, retriable }));
const exhausted = (error: Error): Error => new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 5, retryTime: 100 });
const bailed = (error: Error): Error => Object.assign(new KafkaJSNonRetriableError(error), { cause: error });
const socket = (code: string): Error =>
  new KafkaJSConnectionError(`Connection error: ${code}`, { broker: 'b:9092', code });

// The declarations of kafkajs do not know that it takes a message.
const wrongPassword = Reflect.construct(KafkaJSSASLAuthenticationError, ['wrong password']) as Error;

describe('kafkaError', () => {
  it.each([
    ['KAFKA_UNAVAILABLE', true, protocol('NOT_LEADER_FOR_PARTITION', true)],
    ['KAFKA_UNAVAILABLE', true, exhausted(protocol('NOT_ENOUGH_REPLICAS', true))],
    ['KAFKA_UNAVAILABLE', true, exhausted(socket('ECONNREFUSED'))],
    ['UNKNOWN_TOPIC', false, exhausted(protocol('UNKNOWN_TOPIC_OR_PARTITION', true))],
    ['KAFKA_NOT_ALLOWED', false, bailed(protocol('TOPIC_AUTHORIZATION_FAILED', false))],
    ['KAFKA_LOGIN_REFUSED', false, wrongPassword],
    ['KAFKA_TLS_FAILED', false, exhausted(socket('SELF_SIGNED_CERT_IN_CHAIN'))],
    ['KAFKA_TLS_FAILED', false, exhausted(socket('ERR_TLS_CERT_ALTNAME_INVALID'))],
    ['KAFKA_FAILED', false, protocol('INVALID_REQUIRED_ACKS', false)],
    ['KAFKA_FAILED', false, new TypeError("Cannot read properties of null (reading 'brokers')")],
  ])('gives %s, to be tried again: %s', (code, retryable, thrown) => {
    expect(kafkaError(thrown, 'failed')).toMatchObject({ code, retryable, cause: thrown });
  });

  it('leaves an error that has a code', () => {
    const error = new HeadraceError('LOG_CLOSED', 'closed');
    expect(kafkaError(error, 'failed')).toBe(error);
  });
});

describe('commitError', () => {
  it.each(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'])('says that %s is for good', (type) => {
    const error = commitError(bailed(protocol(type, false)), 'g');
    expect(error).toMatchObject({ code: 'COMMIT_REFUSED', retryable: false });
  });

  it('says so as well where the consumer has ended', () => {
    expect(commitError(new KafkaJSNonRetriableError('Consumer group was not initialized'), 'g').code).toBe(
      'COMMIT_REFUSED',
    );
  });

  it('leaves what may pass to be tried again', () => {
    expect(commitError(exhausted(socket('ECONNRESET')), 'g')).toMatchObject({
      code: 'KAFKA_UNAVAILABLE',
      retryable: true,
    });
    expect(commitError(exhausted(protocol('GROUP_LOAD_IN_PROGRESS', true)), 'g').retryable).toBe(true);
    expect(commitError(protocol('GROUP_AUTHORIZATION_FAILED', false), 'g').code).toBe('KAFKA_NOT_ALLOWED');
  });
});
