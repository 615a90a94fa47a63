import type { Compressions } from '@headrace/protocol';
import { gzip } from './gzip.ts';
import { lz4 } from './lz4.ts';
import { snappy } from './snappy.ts';
import { zstd } from './zstd.ts';

/** All compressions of record batches that Kafka knows. */
export const compressions: Compressions = { gzip, snappy, lz4, zstd };
