import { formatTypes } from '@headrace/avro';
import { formatFinding, isDynamic, type TopologyGraph } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { commandRegistry, readTopology } from '../read-topology.ts';
import { reportError } from '../report-error.ts';

/** Prints the TypeScript types of every edge of a topology: of each port of each node, named after their ids. Returns the exit code. */
export async function printEdgeTypes(file: string): Promise<number> {
  try {
    const { graph, findings } = await readTopology(file, commandRegistry(), { purpose: 'validate' });
    for (const finding of findings)
      if (finding.severity !== 'info') process.stderr.write(`${formatFinding(finding)}\n\n`);
    if (graph === null) return exitCodes.wrongInput;
    process.stdout.write(edgeTypes(graph));
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}

// Each edge is a name space of its own: two records of one name may well differ.
function edgeTypes(graph: TopologyGraph): string {
  const imports = new Set<string>();
  const blocks: string[] = [];
  for (const node of graph.nodes.values()) {
    if (node.kind === 'sink') continue;
    for (const [port, { value }] of Object.entries(node.outputs)) {
      if (port === 'error') continue;
      const name = port === 'out' ? node.id : `${node.id}_${port}`;
      const text = isDynamic(value) ? 'export type Value = unknown;\n' : formatTypes(value, { name: 'Value' });
      const body = text.replace(/^import type \{ (.+) \} from .+\n\n/, (_, names: string) => {
        for (const one of names.split(', ')) imports.add(one);
        return '';
      });
      const lines = body.trimEnd().replaceAll(/^(?=.)/gm, '  ');
      blocks.push(
        `/** What leaves "${port === 'out' ? node.id : `${node.id}.${port}`}". */\nexport namespace ${name} {\n${lines}\n}`,
      );
    }
  }
  const head = imports.size === 0 ? '' : `import type { ${[...imports].sort().join(', ')} } from '@headrace/avro';\n\n`;
  return `${head}${blocks.join('\n\n')}\n`;
}
