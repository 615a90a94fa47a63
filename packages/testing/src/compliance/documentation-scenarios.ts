import type { Component } from '@headrace/core';
import { hold, type ComplianceContext, type ComponentScenario } from './compliance-context.ts';
import { findingsOf, fittingRecords } from './fitting-records.ts';

interface OptionsSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OptionsSchema>>;
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly OptionsSchema[];
  readonly items?: OptionsSchema;
}

/** Lists what must hold of what a component says about itself. */
export function documentationScenarios(component: Component, context: ComplianceContext): readonly ComponentScenario[] {
  return [
    { name: 'documents itself and every option', run: () => documented(component) },
    { name: 'has examples, and each is valid', run: () => examplesAreValid(component, context) },
    { name: 'refuses an option that nobody reads', run: () => unknownOptionsAreRefused(component, context) },
    { name: 'suggests the option that was meant', run: () => misspeltOptionsAreNamed(component, context) },
  ];
}

async function documented(component: Component): Promise<void> {
  hold(component.summary.trim() !== '', 'the component has no summary.');
  const silent = [...optionsOf(component.options as OptionsSchema)].filter(
    ([, { description = '' }]) => description.trim() === '',
  );
  hold(silent.length === 0, `options without a description: ${silent.map(([name]) => name).join(', ')}.`);
  for (const { summary } of component.examples)
    hold(summary.trim() !== '', 'an example does not say what it is an example of.');
}

async function examplesAreValid(component: Component, context: ComplianceContext): Promise<void> {
  hold(component.examples.length > 0, 'the component has no example.');
  for (const example of component.examples) fittingRecords(component, example, context);
}

async function unknownOptionsAreRefused(component: Component, context: ComplianceContext): Promise<void> {
  const open = [...closedObjects(component.options as OptionsSchema, 'options')];
  hold(
    open.length === 0,
    `"additionalProperties": false is missing at ${open.join(', ')}: unknown options are accepted.`,
  );
  for (const example of component.examples) {
    const [sample] = fittingRecords(component, example, context);
    if (sample === undefined) continue;
    const findings = findingsOf(component, { ...(example.options as object), noSuchOption: 1 }, sample, context);
    const found = findings.some(({ code, message }) => code === 'UNKNOWN_KEY' && message.includes('noSuchOption'));
    hold(found, 'an option that nobody reads is accepted.');
  }
}

// A letter is doubled, as happens when writing.
async function misspeltOptionsAreNamed(component: Component, context: ComplianceContext): Promise<void> {
  const { properties = {} } = component.options as OptionsSchema;
  const [example] = component.examples;
  if (example === undefined) return;
  const [sample] = fittingRecords(component, example, context);
  if (sample === undefined) return;
  for (const name of Object.keys(properties).filter((option) => option.length > 4)) {
    const misspelt = name.slice(0, 1) + name;
    const findings = findingsOf(component, { ...(example.options as object), [misspelt]: 1 }, sample, context);
    const found = findings.find(({ code, message }) => code === 'UNKNOWN_KEY' && message.includes(misspelt));
    hold(found?.suggestion === name, `whoever writes "${misspelt}" is not told of "${name}".`);
  }
}

function* optionsOf(schema: OptionsSchema, before = ''): Generator<readonly [string, OptionsSchema]> {
  for (const [name, option] of Object.entries(schema.properties ?? {})) {
    yield [`${before}${name}`, option];
    yield* optionsOf(option, `${before}${name}.`);
  }
  for (const variant of schema.anyOf ?? []) yield* optionsOf(variant, before);
  if (schema.items !== undefined) yield* optionsOf(schema.items, before);
}

function* closedObjects(schema: OptionsSchema, name: string): Generator<string> {
  const { properties = {}, additionalProperties, anyOf = [], items } = schema;
  const names = Object.entries(properties);
  if (names.length > 0 && additionalProperties !== false) yield name;
  for (const [option, inner] of names) yield* closedObjects(inner, option);
  for (const variant of anyOf) yield* closedObjects(variant, name);
  if (items !== undefined) yield* closedObjects(items, name);
}
