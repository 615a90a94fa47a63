import { errorCode, fetchApi, type RequestOf, type ResponseInput } from '@headrace/protocol';
import { endpointsOf } from './current-leader.ts';
import type { FetchedPartition, FetchScope } from './fetch-sessions.ts';
import { handler, type RequestContext } from './handler.ts';
import { readPartitions, topicOf, type FetchRead, type PartitionAnswer } from './read-partitions.ts';

type Request = RequestOf<typeof fetchApi>;
type Response = ResponseInput<typeof fetchApi>;

/** Reads batches of partitions; waits for as many bytes as the client wants, and as long. */
export const fetchHandler = handler(fetchApi, (request, context) => {
  const scope = context.sessions.resolve(request, context.version >= 13);
  if ('errorCode' in scope) return { throttleTimeMs: 0, errorCode: scope.errorCode, sessionId: 0, responses: [] };
  const bounds = { maxBytes: request.maxBytes, readCommitted: request.isolationLevel === 1 };
  const read = (): FetchRead => readPartitions(scope.partitions, bounds, context);
  const first = read();
  const isEnough = ({ bytes, hasErrors }: FetchRead): boolean => hasErrors || bytes >= request.minBytes;
  if (request.maxWaitMs <= 0 || scope.partitions.length === 0 || isEnough(first)) return respond(scope, first, context);
  return waitFor(request, scope, context, () => {
    const now = read();
    return isEnough(now) ? now : null;
  }).then((enough) => respond(scope, enough ?? read(), context));
});

/** Tries again at each change of a partition; resolves with null when the time is over. */
function waitFor(
  { maxWaitMs }: Request,
  { partitions }: FetchScope,
  context: RequestContext,
  attempt: () => FetchRead | null,
): Promise<FetchRead | null> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const settle = (read: FetchRead | null): void => {
      for (const step of undo.splice(0)) step();
      resolve(read);
    };
    const wake = (): void => {
      const read = attempt();
      if (read !== null) settle(read);
    };
    const giveUp = (): void => settle(null);
    for (const wanted of partitions) {
      const log = topicOf(context, wanted)?.partitions[wanted.partition]?.log;
      if (log !== undefined) undo.push(log.watch(wake));
    }
    undo.push(context.cluster.clock.after(maxWaitMs, giveUp));
    context.closed.addEventListener('abort', giveUp, { once: true });
    undo.push(() => context.closed.removeEventListener('abort', giveUp));
  });
}

function respond(
  { sessionId, partitions, isIncremental }: FetchScope,
  { answers }: FetchRead,
  context: RequestContext,
): Response {
  const responses = new Map<string, { topicId: string; topic: string; partitions: PartitionAnswer[] }>();
  const told: PartitionAnswer[] = [];
  for (const [index, answer] of answers.entries()) {
    const wanted = partitions[index] as FetchedPartition;
    if (!hasNews(wanted, answer) && isIncremental) continue;
    const key = `${wanted.topicId}/${wanted.topic}`;
    const topic = responses.get(key);
    told.push(answer);
    if (topic !== undefined) topic.partitions.push(answer);
    else responses.set(key, { topicId: wanted.topicId, topic: wanted.topic, partitions: [answer] });
  }
  return {
    throttleTimeMs: 0,
    errorCode: errorCode('NONE'),
    sessionId,
    responses: [...responses.values()],
    nodeEndpoints: endpointsOf(context.cluster, told),
  };
}

/** Tells whether an answer says more than the last of the session did, and keeps what it says. */
function hasNews(wanted: FetchedPartition, answer: PartitionAnswer): boolean {
  const { errorCode: code, highWatermark, lastStableOffset, logStartOffset } = answer;
  const tells = code === 0 ? `${highWatermark}/${lastStableOffset}/${logStartOffset}` : null;
  const isNew =
    code !== 0 || (answer.records?.length ?? 0) > 0 || answer.divergingEpoch !== undefined || tells !== wanted.told;
  wanted.told = tells;
  return isNew;
}
