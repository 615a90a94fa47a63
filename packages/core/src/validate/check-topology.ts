import { dirname, isAbsolute, join } from 'node:path';
import type { Finding } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import { checkDefinition } from '../definition/check-definition.ts';
import type { LocatedFinding } from '../definition/located-finding.ts';
import { parseDefined } from '../definition/parse-defined.ts';
import { parseText, type ParsedSource } from '../definition/parsed-source.ts';
import { buildGraph } from '../graph/build-graph.ts';
import type { TopologyGraph } from '../graph/topology-graph.ts';
import { rules } from './all-rules.ts';
import { locateFindings } from './locate-findings.ts';

/** A topology: the text of the JSON form, or the definition that a TypeScript module exports. Findings and paths go by the name of its file. */
export type TopologySource =
  | { readonly file: string; readonly text: string; readonly definition?: never }
  | { readonly file: string; readonly definition: unknown; readonly text?: never };

/** What checking a topology needs from outside: it reads no disk and no environment by itself. */
export interface CheckOptions {
  readonly registry: Registry;
  /** Reads a file as text; `path` is joined with the topology's folder. Throws where there is none. */
  readFile(path: string): string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Parameters from the command line. */
  readonly set: Readonly<Record<string, string>>;
  /** `run` needs all parameters and a cluster; `validate` gets along without. */
  readonly purpose: 'validate' | 'run';
  /** Addresses from the command line, which go before those of the file. */
  readonly bootstrap?: readonly string[];
}

/** What a check gives: every finding in the order of the file, and the graph where no error is among them. */
export interface CheckedTopology {
  /** Null where there are errors, or where a value that is not known yet keeps a node from being typed. */
  readonly graph: TopologyGraph | null;
  readonly findings: readonly LocatedFinding[];
  /** Gives findings of others, such as those of a look at a cluster, their places in the file. Their paths are those of the definition. */
  readonly locate: (findings: readonly Finding[]) => readonly LocatedFinding[];
}

/** Checks a topology from its text to its typed graph and reports everything that is wrong with it at once. Never throws for what an author wrote. */
export function checkTopology(source: TopologySource, options: CheckOptions): CheckedTopology {
  const { file, text } = source;
  const parsed =
    text === undefined
      ? parseDefined(source.definition, file, (path) => options.readFile(path))
      : parseText(text, file);
  const found: Finding[] = [];
  const report = (finding: Finding) => void found.push(finding);
  if (parsed.value === undefined) {
    if (parsed.findings.length === 0)
      report({ code: 'WRONG_TYPE', severity: 'error', at: [], message: 'the module exports no topology by default.' });
    return { graph: null, findings: locateFindings(found, parsed, null, file), locate: () => [] };
  }
  const folder = dirname(file);
  const readFile = (path: string) => options.readFile(isAbsolute(path) ? path : join(folder, path));
  const { registry, env, set, purpose, bootstrap } = options;
  const definition = checkDefinition(parsed.value, { registry, env, set, purpose, readFile, report });
  let graph: TopologyGraph | null = null;
  if (definition !== null) {
    const draft = buildGraph(definition, { registry, file, bootstrap, purpose, readFile, report });
    for (const rule of rules) rule({ ...draft, report });
    graph = draft.graph;
  }
  const findings = locateFindings(found, parsed, definition, file);
  const own: ParsedSource = { ...parsed, findings: [] };
  return {
    graph: findings.some(({ severity }) => severity === 'error') ? null : graph,
    findings,
    locate: (others) => locateFindings(others, own, definition, file),
  };
}
