import type { Component } from '@headrace/core';
import { codecScenarios } from './codec-scenarios.ts';
import type { ComplianceContext, ComponentScenario } from './compliance-context.ts';
import { documentationScenarios } from './documentation-scenarios.ts';
import { operatorScenarios } from './operator-scenarios.ts';
import { sinkScenarios } from './sink-scenarios.ts';
import { sourceScenarios } from './source-scenarios.ts';

/**
 * Lists what must hold of a component, for any test runner: `for (const { name, run } of componentScenarios(…)) it(name, run)`.
 * Operators run through the test driver; sources and sinks are made by their own `create` and driven as the runtime drives them,
 * in a folder of their own and with a Log in memory.
 */
export function componentScenarios(component: Component, context: ComplianceContext): readonly ComponentScenario[] {
  return [...documentationScenarios(component, context), ...ownScenarios(component, context)];
}

function ownScenarios(component: Component, context: ComplianceContext): readonly ComponentScenario[] {
  switch (component.kind) {
    case 'source':
      return sourceScenarios(component, context);
    case 'operator':
      return operatorScenarios(component, context);
    case 'sink':
      return sinkScenarios(component, context);
    case 'codec':
      return codecScenarios(component, context);
  }
}
