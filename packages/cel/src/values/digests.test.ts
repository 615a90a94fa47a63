import { describe, expect, it } from 'vitest';
import { beginEvaluation } from './meter.ts';
import { murmur2 } from './murmur2.ts';
import { uuid5 } from './uuid5.ts';

describe('murmur2', () => {
  // Vectors of Apache Kafka's UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(new TextEncoder().encode(text))).toBe(hash);
  });
});

describe('uuid5', () => {
  // RFC 9562, appendix A.4; the others by Python's uuid module.
  it.each([
    ['dns', 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    ['dns', 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    ['url', 'http://ä/', '545b319b-f03d-573d-a4f0-f2b1b63b88cb'],
    ['x500', '', 'b4bdf874-8c03-5bd8-8fd7-5e409dfd82c0'],
    ['6BA7B810-9DAD-11D1-80B4-00C04FD430C8', 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
  ])('of %s and %s is %s', (namespace, name, uuid) => {
    beginEvaluation();
    expect(uuid5(namespace, name)).toBe(uuid);
  });

  it.each(['', 'DNS', '__proto__', '6ba7b810'])('refuses the namespace %j', (namespace) => {
    expect(() => uuid5(namespace, 'x')).toThrow(expect.objectContaining({ code: 'CONVERSION_FAILED' }));
  });
});
