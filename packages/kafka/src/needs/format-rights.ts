import type { NeededRight, RightPurpose } from './needed-rights.ts';

/** Writes rights as a table for people. */
export function formatRights(rights: readonly NeededRight[]): string {
  if (rights.length === 0) return 'no rights are needed: nothing reads or writes Kafka';
  const rows = rights.map(({ operation, resource, name, pattern, for: purpose }) => [
    operation,
    resource,
    pattern === 'prefixed' ? `${name}…` : name,
    purpose,
  ]);
  const titles = ['operation', 'on', 'name', 'for'];
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)));
  return [titles, ...rows]
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ')}`.trimEnd())
    .join('\n');
}

/** Where the lines for `kafka-acls` go and to whom the rights are given. */
export interface RightsCommand {
  /** As Kafka writes it: `User:etl`. */
  readonly principal: string;
  readonly brokers: readonly string[];
}

/** Writes lines for a shell that give rights by Kafka's own tool: one for each resource and purpose. */
export function rightsCommands(rights: readonly NeededRight[], { principal, brokers }: RightsCommand): string {
  const lines = new Map<string, { operations: string[]; right: NeededRight }>();
  for (const right of rights) {
    const key = JSON.stringify([right.for, right.resource, right.name, right.pattern]);
    const line = lines.get(key) ?? { operations: [], right };
    line.operations.push(right.operation);
    lines.set(key, line);
  }
  const text: string[] = [];
  let purpose: RightPurpose | null = null;
  for (const { operations, right } of lines.values()) {
    if (right.for !== purpose) text.push(`# for ${right.for}`);
    purpose = right.for;
    const words = [
      'kafka-acls',
      '--bootstrap-server',
      quoted(brokers.join(',')),
      '--add',
      '--allow-principal',
      quoted(principal),
      ...operations.flatMap((operation) => ['--operation', operation]),
      `--${right.resource.toLowerCase()}`,
      quoted(right.name),
      ...(right.pattern === 'prefixed' ? ['--resource-pattern-type', 'prefixed'] : []),
    ];
    text.push(words.join(' '));
  }
  return text.join('\n');
}

/** Quotes a word for a shell where it needs it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_.,:=@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
