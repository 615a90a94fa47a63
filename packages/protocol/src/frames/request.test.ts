import { describe, expect, expectTypeOf, it } from 'vitest';
import { heartbeatApi } from '../messages/heartbeat.ts';
import { metadataApi } from '../messages/metadata.ts';
import { txnOffsetCommitApi } from '../messages/txn-offset-commit.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { RequestOf } from '../schema/api.ts';
import { readRequest, readRequestFrame, writeRequest } from './request.ts';

function errorOf(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const header = { version: 0, correlationId: 1, clientId: 'c' };
const commit = { transactionalId: 't', groupId: 'g', producerId: 7, producerEpoch: 0, topics: [] };

describe('a request', () => {
  it('is written with header 1 and plain lengths before the flexible versions', () => {
    const body = { groupId: 'g', generationId: 2, memberId: 'm' };
    const frame = writeRequest(heartbeatApi, { version: 3, correlationId: 9, clientId: 'c' }, body);
    expect(frame.toString('hex')).toBe(
      '00000017' + '000c' + '0003' + '00000009' + '000163' + '000167' + '00000002' + '00016d' + 'ffff',
    );
  });

  it('is written with header 2, compact lengths and tags from the flexible versions on, its client id plain', () => {
    const body = { groupId: 'g', generationId: 2, memberId: 'm', groupInstanceId: 'i' };
    const frame = writeRequest(heartbeatApi, { version: 4, correlationId: 9, clientId: 'c' }, body);
    expect(frame.toString('hex')).toBe(
      '00000017' + '000c' + '0004' + '00000009' + '000163' + '00' + '0267' + '00000002' + '026d' + '0269' + '00',
    );
  });

  it('refuses a value that its version cannot carry instead of dropping it', () => {
    const error = errorOf(() =>
      writeRequest(txnOffsetCommitApi, { ...header, version: 2 }, { ...commit, memberId: 'm', generationId: 3 }),
    );
    expect([error.code, error.path]).toEqual(['NOT_IN_VERSION', 'generationId']);
  });

  it('refuses versions that are not described', () => {
    expect(errorOf(() => writeRequest(heartbeatApi, { ...header, version: 5 }, {} as never)).code).toBe(
      'UNSUPPORTED_VERSION',
    );
  });

  it('keeps tagged fields that it does not know and writes them again', () => {
    const unknownTags = [{ tag: 3, bytes: Buffer.from('new') }];
    const body = { groupId: 'g', generationId: 2, memberId: 'm', unknownTags };
    const frame = writeRequest(heartbeatApi, { ...header, version: 4 }, body);
    const read = readRequest(heartbeatApi, readRequestFrame(frame.subarray(4)));
    expect(read.unknownTags).toEqual(unknownTags);
    expect(writeRequest(heartbeatApi, { ...header, version: 4 }, read)).toEqual(frame);
  });

  it('says at which place a value cannot be written', () => {
    const topics = [{ name: 'a' }, { name: 5 as unknown as string }];
    const error = errorOf(() => writeRequest(metadataApi, { ...header, version: 4 }, { topics }));
    expect([error.code, error.path]).toEqual(['NOT_ENCODABLE', 'topics[1].name']);
  });

  it('says at which place the bytes are wrong', () => {
    const frame = writeRequest(metadataApi, { ...header, version: 4 }, { topics: [{ name: 'a' }, { name: 'bc' }] });
    frame.writeInt16BE(-7, frame.length - 5);
    const error = errorOf(() => readRequest(metadataApi, readRequestFrame(frame.subarray(4))));
    expect([error.code, error.path]).toEqual(['NEGATIVE_LENGTH', 'topics[1].name']);
  });

  it('refuses a count that the bytes at hand cannot hold before an item is read', () => {
    const frame = writeRequest(metadataApi, { ...header, version: 4 }, { topics: [] });
    frame.writeInt32BE(0x7fffffff, frame.length - 5);
    const error = errorOf(() => readRequest(metadataApi, readRequestFrame(frame.subarray(4))));
    expect([error.code, error.path]).toEqual(['TOO_MANY_ITEMS', 'topics']);
  });

  it('has the types of its definition', () => {
    type Request = RequestOf<typeof txnOffsetCommitApi>;
    expectTypeOf<Request['generationId']>().toEqualTypeOf<number>();
    expectTypeOf<Request['groupInstanceId']>().toEqualTypeOf<string | null>();
    expectTypeOf<Request['topics'][number]['partitions'][number]['committedOffset']>().toEqualTypeOf<number>();
    // @ts-expect-error a field that is in every version and has no default must be given
    expect(errorOf(() => writeRequest(heartbeatApi, header, { groupId: 'g', memberId: 'm' })).path).toBe(
      'generationId',
    );
    // @ts-expect-error a field that is not described does not compile
    writeRequest(heartbeatApi, header, { groupId: 'g', memberId: 'm', generationId: 1, generation: 1 });
  });
});
