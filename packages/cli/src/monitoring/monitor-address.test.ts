import { describe, expect, it } from 'vitest';
import { parseMonitorAddress } from './monitor-address.ts';

describe('the address for health and metrics', () => {
  it.each([
    ['0.0.0.0:9000', '0.0.0.0', 9000],
    ['metrics.internal:80', 'metrics.internal', 80],
    ['[::1]:9464', '::1', 9464],
    ['9000', '127.0.0.1', 9000],
    ['127.0.0.1:0', '127.0.0.1', 0],
  ])('reads %s', (text, host, port) => {
    expect(parseMonitorAddress(text)).toEqual({ host, port, chosen: true });
  });

  it('reads "off" as none', () => {
    expect(parseMonitorAddress('off')).toBeNull();
  });

  it.each(['', 'on', 'localhost', ':9464', '127.0.0.1:', '127.0.0.1:65536', '::1:9464', 'http://localhost:1', 'a b:1'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseMonitorAddress(text)).toThrow(expect.objectContaining({ code: 'WRONG_ADDRESS' }));
    },
  );
});
