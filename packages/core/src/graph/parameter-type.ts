import type { CelType } from '@headrace/cel';
import type { ResolvedParameter } from '../definition/resolve-parameters.ts';
import type { ParameterDefinition } from '../definition/topology-definition.ts';
import type { Parameter } from './topology-graph.ts';

/** Gives the type that expressions see under `params.x`: durations are durations, sizes are numbers of bytes. */
export function parameterType(type: ParameterDefinition['type']): CelType {
  switch (type) {
    case 'strings':
      return { kind: 'list', element: { kind: 'string' } };
    case 'size':
      return { kind: 'int' };
    case 'secret':
      return { kind: 'string' };
    default:
      return { kind: type };
  }
}

/** Makes the parameter of a graph. */
export function parameterOf({ name, type, set }: ResolvedParameter): Parameter {
  return { name, type: parameterType(type), secret: type === 'secret', value: set?.value };
}
