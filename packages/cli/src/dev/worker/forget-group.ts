import { withAdmin } from '../../deploy/with-admin.ts';
import { describeError } from '../../report-error.ts';
import type { FromWorker } from '../messages.ts';
import type { Version } from './check-version.ts';

/** Deletes the group that a version has read as, whose name nobody will use again; says so, or why it is left. */
export async function forgetGroup(
  { graph, needs, request, redact }: Version,
  send: (message: FromWorker) => void,
): Promise<void> {
  if (needs.group === null) return;
  try {
    const brokers = request.brokers ?? graph.cluster?.brokers ?? [];
    await withAdmin({ graph, brokers, redact }, (admin) => admin.groups.delete(graph.group));
    send({ kind: 'said', text: `group "${graph.group}" is deleted`, isError: false });
  } catch (error) {
    send({ kind: 'said', text: redact(`group "${graph.group}" is left: ${describeError(error)}`), isError: true });
  }
}
