import type { CodecDefinition } from '../component/codec.ts';
import type { InferContext } from '../component/contexts.ts';
import type { Path } from '../component/finding.ts';
import type { Frame } from '../component/schema-registry.ts';

/** What decides whether values carry the ids of their schemas. */
export interface FrameChoice {
  readonly at: Path;
  readonly definition: CodecDefinition;
  /** The codec's options as written. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a sink registers under unless its author says so; empty for a source. Null where the component carries no ids. */
  readonly subjects: readonly string[] | null;
  readonly isSource: boolean;
  /** Whether the node's cluster has a registry; null where that cannot be told. */
  readonly hasRegistry: boolean | null;
}

/**
 * Says whether values are framed: on Kafka they are where the cluster has a registry, unless the author writes `"framing": "bare"`. Undefined
 * where they are bare, null where the options are wrong, which is reported.
 */
export function inferFrame(choice: FrameChoice, context: InferContext): Frame | undefined | null {
  const { at, definition, options, subjects, isSource, hasRegistry } = choice;
  if (definition.framedReader === undefined) return undefined;
  const { framing, subject, register } = options;
  const written =
    framing === 'confluent'
      ? 'framing'
      : subject !== undefined
        ? 'subject'
        : register !== undefined
          ? 'register'
          : null;
  const conflict = (option: string, message: string): null => {
    context.report({ code: 'OPTIONS_CONFLICT', severity: 'error', at: [...at, option], on: 'key', message });
    return null;
  };
  if (isSource && register !== undefined) return conflict('register', 'a source registers no schemas.');
  if (written !== null && subjects === null)
    return conflict(written, `"${written}" is about schema ids before values, which only Kafka carries.`);
  if (written !== null && framing === 'bare')
    return conflict(
      written,
      `"${written}" is about schema ids before values, and "framing": "bare" says there are none.`,
    );
  if (subjects === null || framing === 'bare') return undefined;
  if (hasRegistry === true)
    return { subjects: typeof subject === 'string' && !isSource ? [subject] : subjects, register: register === true };
  if (written === null) return undefined;
  if (hasRegistry === null) return null;
  const message = `"${written}" needs a schema registry, and the cluster has none.`;
  const suggestion = 'Write "registry": { "url": "…" } in the cluster.';
  context.report({ code: 'REGISTRY_NEEDED', severity: 'error', at: [...at, written], message, suggestion });
  return null;
}
