import type { Random } from './random.ts';

const EDGES = [0, 1, 2, 3, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/** Changes some bytes of a datum: other values, bits, lengths, pieces left out, doubled or put in. */
export function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  let result = [...bytes];
  for (let times = 1 + random.below(2); times > 0; times--) {
    const at = random.below(result.length + 1);
    switch (random.below(6)) {
      case 0:
        result[at] = random.pick(EDGES);
        break;
      case 1:
        result[at] = (result[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 2:
        result.splice(at, 1 + random.below(3));
        break;
      case 3:
        result.splice(at, 0, random.pick(EDGES));
        break;
      case 4:
        result = result.slice(0, at);
        break;
      case 5:
        // A varint of more bytes than it needs, a block with its size, a count that is too large.
        result.splice(
          at,
          1,
          ...random.pick([
            [0x80, 0x00],
            [0x82, 0x00],
            [0x01, 0x02],
            [0x03, 0x04],
            [0x80, 0x80, 0x80, 0x80, 0x10],
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
          ]),
        );
        break;
    }
  }
  return Uint8Array.from(result);
}
