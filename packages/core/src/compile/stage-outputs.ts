import { Subject, type Observable } from 'rxjs';
import type { TaskBatch } from '../record/task-batch.ts';
import type { ExitRows } from '../stage/interpreter.ts';
import type { CompiledStage } from './compile-stages.ts';
import { guarded } from './guarded.ts';
import type { TaskHost } from './wire-task.ts';

/** The Observables of a stage's exits, each with the batches for one reader. */
export interface StageOutputs {
  readonly exits: readonly Observable<TaskBatch>[];
  /** Connects the stage to its input. */
  connect(input: Observable<TaskBatch>): () => void;
}

function derivedOf(batch: TaskBatch, rows: ExitRows): TaskBatch {
  if (rows.passed) return batch.view(rows.selection);
  return batch.derive(rows.columns, rows.ordinals, rows.failures, rows.bytes, rows.kept);
}

/**
 * Wires a stage: each batch of its input is run through the interpreter; results are born before the input is released. Where functions
 * of authors take long, a batch is left in the middle and gone on with in the next step, before anything that came later.
 */
export function stageOutputs(
  { planned, interpreter, limit }: CompiledStage,
  host: Pick<TaskHost, 'counters' | 'goOn' | 'fail'>,
): StageOutputs {
  const subjects = planned.exits.map(() => new Subject<TaskBatch>());
  const run = (batch: TaskBatch): void => {
    const { exits, next } =
      limit === null
        ? { exits: interpreter.run(batch, 0, batch.rows, host.counters), next: batch.rows }
        : interpreter.runSome(batch, { from: 0, to: batch.rows }, host.counters, limit());
    const derived = exits.map((rows) => (rows === null ? null : derivedOf(batch, rows)));
    if (next < batch.rows) {
      const rest = batch.view(Uint32Array.from({ length: batch.rows - next }, (_, i) => batch.row(next + i)));
      // What comes of the rest has to wait: what has come out goes on first, and may itself be left in the middle.
      host.goOn(() => guardedRun.next(rest));
    }
    batch.release();
    derived.forEach((result, exit) => {
      if (result !== null) (subjects[exit] as Subject<TaskBatch>).next(result);
    });
  };
  const guardedRun = guarded(run, (error) => host.fail(error));
  return {
    exits: subjects,
    connect(input) {
      const subscription = input.subscribe(guardedRun);
      return () => subscription.unsubscribe();
    },
  };
}
