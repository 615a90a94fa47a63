import { produceApi, type RequestOf, type ResponseInput } from '@headrace/protocol';
import { appendProduced } from '../log/append-produced.ts';
import { orRefused, Refusal } from '../refusal.ts';
import type { Topic } from '../topics/topic.ts';
import { keyOf } from '../transactions/transaction-coordinator.ts';
import { endpointsOf, leaderOf } from './current-leader.ts';
import { handler, type RequestContext } from './handler.ts';
import { translated } from './transaction-errors.ts';
import { addByWriting } from './transactions.ts';

type Request = RequestOf<typeof produceApi>;
type PartitionResponse = ResponseInput<typeof produceApi>['responses'][number]['partitionResponses'][number];

/** Appends batches to partitions. A request of acks 0 has no answer, whatever became of it. */
export const produceHandler = handler(produceApi, (request, context) => {
  const hasAcks = [-1, 0, 1].includes(request.acks);
  const responses = request.topicData.map(({ topicId, name, partitionData }) => {
    const { topics } = context.cluster;
    const topic = context.version >= 13 ? topics.withId(topicId) : topics.get(name);
    return {
      topicId,
      name,
      partitionResponses: partitionData.map(({ index, records }) =>
        orRefused(
          () => {
            if (!hasAcks) throw new Refusal('INVALID_REQUIRED_ACKS');
            return append(request, topic, index, records, context);
          },
          ({ code, message }): PartitionResponse => ({
            index,
            errorCode: code,
            baseOffset: -1,
            errorMessage: message,
            ...leaderOf(topic, index, code),
          }),
        ),
      ),
    };
  });
  if (request.acks === 0) return null;
  const nodeEndpoints = endpointsOf(
    context.cluster,
    responses.flatMap(({ partitionResponses }) => partitionResponses),
  );
  return { responses, throttleTimeMs: 0, nodeEndpoints };
});

function append(
  request: Request,
  topic: Topic | undefined,
  index: number,
  records: Uint8Array | null,
  { cluster, node, version }: RequestContext,
): PartitionResponse {
  if (topic === undefined && version >= 13) throw new Refusal('UNKNOWN_TOPIC_ID');
  const { log, leaderEpoch } = cluster.leading(node, topic, index);
  if (records === null || records.length === 0)
    throw new Refusal('INVALID_RECORD', 'Produce requests must have exactly one record batch per partition.');
  const { baseOffset, appendTime } = appendProduced(log, records, {
    leaderEpoch,
    now: cluster.clock.now(),
    producerIdExpirationMs: cluster.settings.producerIdExpirationMs,
    verifyTransaction: ({ producerId, producerEpoch: epoch, baseSequence }) => {
      const { transactionalId } = request;
      if (transactionalId === null) throw new Refusal('INVALID_TXN_STATE', 'The request names no transactional id.');
      const producer = { transactionalId, producerId, epoch };
      const place = { topic: (topic as Topic).name, partition: index };
      const operation = version >= 12 ? 'add' : version >= 11 ? 'verifyAbortable' : 'verify';
      translated(operation, () => {
        const { transactions } = cluster;
        if (operation === 'add') addByWriting(cluster, () => transactions.add(producer, [place], []));
        else transactions.verify(producer, ({ partitions }) => partitions.has(keyOf(place)));
      });
      if (operation === 'add' && baseSequence !== 0 && !log.producers.has(producerId))
        throw new Refusal('OUT_OF_ORDER_SEQUENCE_NUMBER', 'A producer that is not known begins at 0.');
    },
  });
  return { index, errorCode: 0, baseOffset, logAppendTimeMs: appendTime, logStartOffset: log.start };
}
