import { Subject, type Observable } from 'rxjs';
import type { TaskBatch } from '../record/task-batch.ts';
import type { CountSink } from '../telemetry/counters.ts';
import type { CompiledStage } from './compile-stages.ts';
import { guarded } from './guarded.ts';

/** The Observables of a stage's exits, each with the batches for one reader. */
export interface StageOutputs {
  readonly exits: readonly Observable<TaskBatch>[];
  /** Connects the stage to its input. */
  connect(input: Observable<TaskBatch>): () => void;
}

/** Wires a stage: each batch of its input is run through the interpreter; results are born before the input is released. */
export function stageOutputs(stage: CompiledStage, counters: CountSink, fail: (error: unknown) => void): StageOutputs {
  const subjects = stage.planned.exits.map(() => new Subject<TaskBatch>());
  const run = (batch: TaskBatch): void => {
    const results = stage.interpreter.run(batch, 0, batch.rows, counters);
    const derived = results.map((rows) =>
      rows === null ? null : batch.derive(rows.columns, rows.ordinals, rows.failures, rows.bytes, rows.kept),
    );
    batch.release();
    derived.forEach((result, exit) => {
      if (result !== null) (subjects[exit] as Subject<TaskBatch>).next(result);
    });
  };
  return {
    exits: subjects,
    connect(input) {
      const subscription = input.subscribe(guarded(run, fail));
      return () => subscription.unsubscribe();
    },
  };
}
