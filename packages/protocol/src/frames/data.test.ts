import { expect, it } from 'vitest';
import { consumerProtocolAssignment } from '../messages/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../messages/consumer-protocol-subscription.ts';
import { readData, writeData } from './data.ts';

it('writes an assignment as the standard bytes', () => {
  const assignedPartitions = [{ topic: 'a', partitions: [1, 2] }];
  const bytes = writeData(consumerProtocolAssignment, 1, { assignedPartitions, userData: Buffer.from('x') });
  expect(bytes.toString('hex')).toBe(
    '0001' + '00000001' + '000161' + '00000002' + '00000001' + '00000002' + '00000001' + '78',
  );
});

it('reads a subscription of a newer version as the last that is described', () => {
  const value = { topics: ['a'], userData: null, generationId: 4, rackId: 'r', ownedPartitions: [] };
  const bytes = writeData(consumerProtocolSubscription, 3, value);
  bytes.writeInt16BE(9, 0);
  expect(readData(consumerProtocolSubscription, Buffer.concat([bytes, Buffer.from('more')]))).toEqual({
    version: 9,
    value,
  });
});
