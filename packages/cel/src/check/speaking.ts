import { DYN, type CelType } from '../types/cel-type.ts';
import type { CheckedNode } from './checked.ts';
import type { Context } from './context.ts';
import { widenTo } from './widen-to.ts';

/** Widens a time that meets a value of type dyn, so that it is not taken for a number; warns, since data has no times of type dyn. */
export function speaking(context: Context, node: CheckedNode, other: CheckedNode): CheckedNode {
  warnOfTime(context, node, other);
  return speakingTo(node, other.type);
}

/** Widens a value with times in it that meets another of a type that has `dyn` in it. */
export function speakingTo(node: CheckedNode, other: CelType): CheckedNode {
  return hasTime(node.type) && hasDyn(other) ? widenTo(node, DYN) : node;
}

/** Warns where a time meets a value of type dyn from outside: that is a number or text there, however it is meant. */
export function warnOfTime(context: Context, node: CheckedNode, other: CheckedNode): void {
  for (const [time, open] of [
    [node, other],
    [other, node],
  ] as const) {
    if (!isTime(time.type) || open.type.kind !== 'dyn' || !comesFromOutside(open)) continue;
    const text = context.textOf(open);
    const message = `"${text}" is of no known type and a number or text when it comes from outside: write millis(${text}) or timestamp(${text}).`;
    if (!context.issues.some((issue) => issue.code === 'DYNAMIC_TIME' && issue.start === open.start)) {
      context.warn('DYNAMIC_TIME', message, open);
    }
  }
}

function comesFromOutside(node: CheckedNode): boolean {
  if (node.kind === 'field' || node.kind === 'index') return comesFromOutside(node.target);
  return node.kind === 'variable';
}

function isTime(type: CelType): boolean {
  return type.kind === 'timestamp' || type.kind === 'duration';
}

function hasTime(type: CelType): boolean {
  return parts(type, isTime, new Set());
}

function hasDyn(type: CelType): boolean {
  return parts(type, ({ kind }) => kind === 'dyn', new Set());
}

// Types of recursive schemas are cyclic.
function parts(type: CelType, wanted: (type: CelType) => boolean, seen: Set<CelType>): boolean {
  if (wanted(type)) return true;
  if (seen.has(type)) return false;
  seen.add(type);
  switch (type.kind) {
    case 'list':
      return parts(type.element, wanted, seen);
    case 'map':
      return parts(type.value, wanted, seen);
    case 'nullable':
    case 'optional':
      return parts(type.of, wanted, seen);
    case 'record':
      return [...type.fields.values()].some((field) => parts(field, wanted, seen));
    default:
      return false;
  }
}
