import { check, formatType } from '@headrace/cel';
import type { CelType } from '@headrace/cel';
import type {
  Expression,
  ExpressionOptions,
  ExpressionText,
  InferContext,
  LowerContext,
  WriteDefaults,
} from '../component/contexts.ts';
import type { Finding, Path } from '../component/finding.ts';
import type { FunctionCall } from '../component/function-call.ts';
import { UserFunction } from '../component/user-function.ts';
import type { Registry } from '../component/registry.ts';
import type { CheckedNode } from '../definition/checked-definition.ts';
import { isUnknown } from '../definition/fill-in.ts';
import type { Port } from '../record/record-batch.ts';
import { celTypeOf } from '../types/cel-type-of.ts';
import { dynamic, type EdgeType } from '../types/edge-type.ts';
import { whyNotAsRead, type AsRead } from './as-read.ts';
import { checkExpression } from './check-expression.ts';
import { inferReads, inferWrites } from './infer-encoding.ts';
import type { EncodingScope } from './infer-encoding.ts';
import type { SchemaLoader } from './schema-loader.ts';

/** What inference of all nodes shares. */
export interface InferScope {
  readonly registry: Registry;
  readonly schemas: SchemaLoader;
  readonly parameters: ReadonlyMap<string, CelType>;
  /** Whether parameters are declared in a way that cannot be read: then none is called undeclared. */
  readonly anyParameter: boolean;
  /** Places whose value is not known: nothing is said about them. */
  readonly unknown: readonly Path[];
  /** Whether the cluster of a node has a registry of schemas; null where that cannot be told. */
  hasRegistry(node: CheckedNode): boolean | null;
  readonly report: (finding: Finding) => void;
}

/** The contexts of one node; `failed` says whether an error was reported, or something is not known. */
export interface NodeContexts {
  readonly infer: InferContext;
  lower(inputs: readonly EdgeType[], outputs: Readonly<Record<Port, EdgeType>>): LowerContext;
  /** What was checked so far, by its path as JSON. */
  readonly expressions: ReadonlyMap<string, Expression>;
  failed(): boolean;
  readonly report: (finding: Finding) => void;
}

/** Makes what a node's `infer` and `lower` ask; `origin` says in words whose records it reads. */
export function nodeContexts(
  node: CheckedNode,
  origin: string,
  upstream: EncodingScope['upstream'] & { asRead(part: 'key' | 'value'): AsRead | null },
  scope: InferScope,
): NodeContexts {
  const reporter = reporterOf(node, origin, scope);
  const expressions = new Map<string, Expression>();
  const checkText = (at: Path, text: ExpressionText, edge: EdgeType, options?: ExpressionOptions) => {
    if (text instanceof UserFunction) return functionCall(at, text, options, scope, reporter.report);
    const { parameters, schemas } = scope;
    const found = checkExpression(at, text, { edge, origin, parameters, schemas: schemas.loaded() }, options);
    for (const finding of found.findings)
      if (finding.code !== 'UNKNOWN_PARAMETER' || !scope.anyParameter) reporter.report(finding);
    return found.checked;
  };
  const expression = (at: Path, text: ExpressionText, edge: EdgeType, options?: ExpressionOptions) => {
    const checked = checkText(at, text, edge, options);
    if (checked !== null) expressions.set(JSON.stringify(at), checked);
    return checked;
  };
  const infer: InferContext = {
    node: node.id,
    report: reporter.report,
    expression,
    schema: (at, reference) => scope.schemas.load(at, reference, reporter.report),
    asRead(at, part) {
      const found = upstream.asRead(part);
      if (found === null || 'encoding' in found) return found === null ? null : { ...found.encoding, asRead: true };
      reporter.report({ code: 'NOT_AS_READ', severity: 'error', at, message: whyNotAsRead(found) });
      return null;
    },
    reads: (at, option, defaults) => inferReads(encodings, at, option, defaults),
    writes: (at: Path, option: unknown, type, defaults: WriteDefaults) =>
      inferWrites(encodings, at, option, type, defaults),
  };
  const encodings: EncodingScope = {
    registry: scope.registry,
    context: infer,
    upstream,
    hasRegistry: scope.hasRegistry(node),
  };
  return {
    infer,
    lower: (inputs, outputs) => ({
      node: node.id,
      inputs,
      outputs,
      // What is wrong was reported: the rest of `lower` goes on with an expression that nobody will run.
      expression: (at, text, edge, options) => expression(at, text, edge, options) ?? nothing,
    }),
    expressions,
    failed: reporter.failed,
    report: reporter.report,
  };
}

// A function says nothing of what it gives but by `returns`; a condition is looked at while it runs.
function functionCall(
  at: Path,
  use: UserFunction,
  options: ExpressionOptions | undefined,
  scope: InferScope,
  report: (finding: Finding) => void,
): FunctionCall | null {
  const { returns } = use;
  const schema = returns === undefined ? dynamic : scope.schemas.load([...at, 'returns'], returns, report);
  if (schema === null) return null;
  const type = celTypeOf(schema);
  const expected = options?.expected ?? 'any';
  if (expected !== 'any' && type.kind !== 'dyn' && type.kind !== expected) {
    const message = `"${String(at.at(-1))}" needs ${expected}, but the function returns ${formatType(type)}.`;
    report({ code: 'EXPRESSION_TYPE', severity: 'error', at: [...at, 'returns'], message });
    return null;
  }
  return { kind: 'function', use, type, returns: schema };
}

const nothing = check('null', { variables: new Map() }).checked as Expression;

// `infer` and `lower` may check the same expression: what was said once is not said again.
function reporterOf(node: CheckedNode, origin: string, scope: InferScope) {
  const said = new Set<string>();
  const hasUnknown = scope.unknown.some((place) => node.at.every((part, index) => part === place[index]));
  let failed = false;
  return {
    failed: () => failed,
    report: (finding: Finding): void => {
      const at = [...node.at, ...finding.at];
      if (finding.severity === 'error') failed = true;
      // A codec may follow from what is not known, such as the name of a file.
      if (isUnknown(at, scope.unknown) || (hasUnknown && finding.code === 'CODEC_NEEDED')) return;
      const identity = JSON.stringify([finding.code, at, finding.span, finding.message]);
      if (said.has(identity)) return;
      said.add(identity);
      // A component knows its fields; whose records they are of only the graph knows.
      const message = finding.message.replace(/^(field "[^"]*" does not exist)\.$/, `$1 on the records of ${origin}.`);
      scope.report({ ...finding, at, message });
    },
  };
}
