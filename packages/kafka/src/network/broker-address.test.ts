import { describe, expect, it } from 'vitest';
import { formatBrokerAddress, parseBrokerAddress } from './broker-address.ts';

describe('the address of a broker', () => {
  it.each([
    ['localhost:9092', { host: 'localhost', port: 9092 }],
    ['kafka-1.example', { host: 'kafka-1.example', port: 9092 }],
    ['10.0.0.1:19092', { host: '10.0.0.1', port: 19_092 }],
    ['[2001:db8::1]:9093', { host: '2001:db8::1', port: 9093 }],
    ['[::1]', { host: '::1', port: 9092 }],
    [' localhost:1 ', { host: 'localhost', port: 1 }],
  ])('reads %s', (text, address) => {
    expect(parseBrokerAddress(text)).toEqual(address);
    expect(parseBrokerAddress(formatBrokerAddress(address))).toEqual(address);
  });

  it.each(['', ':9092', '::1:9092', 'host:', 'host:0', 'host:65536', 'host:9a', 'kafka://host:9092', 'a b:1', '[x]:1'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseBrokerAddress(text)).toThrow(expect.objectContaining({ code: 'KAFKA_ADDRESS_INVALID' }));
    },
  );
});
