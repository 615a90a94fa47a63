import { HeadraceError } from '../errors/headrace-error.ts';
import type { CodecDefinition } from './codec.ts';
import type { OperatorDefinition } from './operator.ts';
import type { SinkDefinition } from './sink.ts';
import type { SourceDefinition } from './source.ts';

/** Any component: a source, an operator, a sink or a codec. */
export type Component = SourceDefinition | OperatorDefinition | SinkDefinition | CodecDefinition;

/** The components that topologies may name, by kind and type. */
export interface Registry {
  source(type: string): SourceDefinition | undefined;
  operator(type: string): OperatorDefinition | undefined;
  sink(type: string): SinkDefinition | undefined;
  codec(type: string): CodecDefinition | undefined;
  types(kind: Component['kind']): readonly string[];
}

/** Makes a registry from an explicit list; two components of one kind and type are an error. */
export function createRegistry(components: readonly Component[]): Registry {
  const byKind = {
    source: new Map<string, SourceDefinition>(),
    operator: new Map<string, OperatorDefinition>(),
    sink: new Map<string, SinkDefinition>(),
    codec: new Map<string, CodecDefinition>(),
  };
  for (const component of components) {
    const map = byKind[component.kind] as Map<string, Component>;
    if (map.has(component.type))
      throw new HeadraceError(
        'DUPLICATE_COMPONENT',
        `Two ${component.kind}s of type "${component.type}" are registered.`,
      );
    map.set(component.type, component);
  }
  return {
    source: (type) => byKind.source.get(type),
    operator: (type) => byKind.operator.get(type),
    sink: (type) => byKind.sink.get(type),
    codec: (type) => byKind.codec.get(type),
    types: (kind) => [...byKind[kind].keys()].sort(),
  };
}
