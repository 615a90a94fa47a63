import { CallLine } from './call-line.ts';
import type { AsyncNodeContext, NodeContext } from '../component/contexts.ts';
import type { Path } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import type { TurnLine } from '../component/stepper.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import type { OperatorNode } from '../graph/topology-graph.ts';
import { itemAt } from '../record/records-of.ts';
import type { RecordBatch, Split } from '../record/record-batch.ts';
import { compileExpression } from '../stage/expression.ts';
import { fitValue } from '../stage/fit-value.ts';
import { RecordNames } from '../stage/record-names.ts';
import { detached } from '../stage/row-view.ts';
import { StageRow } from '../stage/stage-row.ts';
import type { CountSink } from '../telemetry/counters.ts';
import { marker, type TurnMarks } from '../telemetry/turn-marks.ts';
import { isDynamic } from '../types/edge-type.ts';

/** What the contexts of asynchronous nodes share. */
export interface AsyncFacts {
  readonly registry: Registry;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly nodeTimeoutMs: number;
  readonly counters: CountSink;
  readonly turns: TurnLine;
  readonly marks?: TurnMarks | undefined;
  splitOrigin(split: Split): { topic: string | null; partition: number | null };
}

/** Makes the context of an asynchronous node: its expressions are evaluated as those of stages are. */
export function asyncContext(node: OperatorNode, context: NodeContext, facts: AsyncFacts): AsyncNodeContext {
  const row = new StageRow();
  const names = new RecordNames(row, facts.parameters);
  const turnTo = (batch: RecordBatch, physical: number): void => {
    row.open(batch, { source: batch.source, split: batch.split, ...facts.splitOrigin(batch.split) });
    row.turnTo(physical);
    row.enter(itemAt(batch.keys, physical), itemAt(batch.values, physical));
  };
  const calls = new CallLine(node.id, facts.turns, context.clock, marker(node.id, facts.marks));
  return {
    ...context,
    input: node.input,
    outputs: node.outputs,
    nodeTimeoutMs: facts.nodeTimeoutMs,
    evaluator(at) {
      const evaluate = compileExpression(expressionAt(node, at), names);
      return (batch, physical) => {
        turnTo(batch, physical);
        return evaluate() ?? null;
      };
    },
    record(batch, physical) {
      turnTo(batch, physical);
      return detached(row);
    },
    fit: (type, path) => (isDynamic(type) ? (value) => value : (fitValue({ kind: 'dyn' }, type, path) ?? same)),
    decoder: (encoding) => codecOf(facts.registry, encoding.codec).decoder(encoding),
    encoder: (encoding, from) => codecOf(facts.registry, encoding.codec).encoder(encoding, from),
    call: (run, stopped) => calls.call(run, stopped),
    count: (reason, records) => facts.counters.add(node.id, reason, records),
  };
}

const same = (value: unknown): unknown => value;

function expressionAt(node: OperatorNode, at: Path) {
  const expression = node.expressions.get(JSON.stringify(at));
  if (expression !== undefined) return expression;
  throw new HeadraceError('STAGE_INCOMPLETE', `Node "${node.id}" has no expression at "${at.join('.')}".`, {
    place: { node: node.id },
  });
}

function codecOf(registry: Registry, type: string) {
  const codec = registry.codec(type);
  if (codec === undefined) throw new HeadraceError('UNKNOWN_TYPE', `The codec "${type}" is not registered.`);
  return codec;
}
