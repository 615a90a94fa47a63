import type { TSchema } from 'typebox';
import type { Finding, Path } from '../component/finding.ts';
import type { Registry } from '../component/registry.ts';
import { fillIn, fillInNode, isUnknown } from './fill-in.ts';
import type { FillContext } from './fill-in.ts';
import { shorten } from './format-path.ts';
import { isReservedKey, notBuiltYet } from './later.ts';
import { commonOptions, type Section } from './options-schema.ts';
import { secretPlaces } from './secret-places.ts';
import { idPattern } from './patterns.ts';
import { validateValue } from './validate-value.ts';

/** What the parts of the check share. */
export interface SectionContext extends FillContext {
  readonly registry: Registry;
  readonly secrets: Path[];
}

/** Reports the findings of a schema, with reserved keys called by their name, and says whether there were none. */
export function reportAll(
  findings: readonly Finding[],
  section: Section | 'top' | 'run',
  unknown: readonly Path[],
  report: (finding: Finding) => void,
): boolean {
  const depth = section === 'top' ? 1 : section === 'run' ? 2 : 3;
  let clean = true;
  for (const finding of findings) {
    // A key that nobody reads is one whatever its value will be.
    if (finding.code !== 'UNKNOWN_KEY' && isUnknown(finding.at, unknown)) continue;
    clean = false;
    const key = finding.at.at(-1);
    const reserved =
      finding.code === 'UNKNOWN_KEY' &&
      finding.at.length === depth &&
      typeof key === 'string' &&
      isReservedKey(section, key);
    report(reserved ? notBuiltYet(finding.at, `The key "${key}"`, 'key') : withOwner(finding, section, depth));
  }
  return clean;
}

// A key that every node of another section takes belongs there.
function withOwner(finding: Finding, section: string, depth: number): Finding {
  const key = String(finding.at.at(-1));
  if (finding.code !== 'UNKNOWN_KEY' || finding.suggestion !== undefined || depth !== 3 || finding.at.length !== depth)
    return finding;
  const owner = Object.entries(commonOptions).find(
    ([name, options]) => name !== section && Object.hasOwn(options, key),
  );
  return owner === undefined ? finding : { ...finding, suggestion: `It is an option of ${owner[0]}.` };
}

/** Checks a value whose schema may hold secrets; returns it filled in, or null where it is wrong. */
export function checkFilled(
  schema: TSchema,
  value: unknown,
  at: Path,
  section: Section | 'run' | 'top',
  context: SectionContext,
): unknown {
  const literals: Path[] = [];
  for (const place of secretPlaces(schema, value, at)) {
    if (place.literal) {
      secretLiteral(place.at, context);
      literals.push(place.at);
    } else if (place.parameter === null) context.secrets.push(place.at);
    else if ((context.parameters.get(place.parameter)?.type ?? 'secret') !== 'secret') {
      const message = `the parameter "${shorten(place.parameter, 40)}" is used as a secret, but not declared as one: it would be printed.`;
      context.report({ code: 'SECRET_PARAMETER_NEEDED', severity: 'warning', at: place.at, message });
    }
  }
  const before = context.refused.length;
  const takesFunction = '$use' in ((schema as { properties?: object }).properties ?? {});
  const isNode = section !== 'run' && section !== 'top' && isObject(value);
  const filled = isNode ? fillInNode(value, takesFunction, at, context) : fillIn(value, at, context);
  const findings = validateValue(schema, filled, at);
  const misshapen = findings.some(
    (finding) => finding.code === 'WRONG_TYPE' && isUnknown(finding.at, context.mistaken),
  );
  const clean = reportAll(findings, section, [...context.unknown, ...literals], context.report);
  return clean && !misshapen && literals.length === 0 && context.refused.length === before ? filled : null;
}

/** Reports ids that are not of their pattern; says whether this one is. */
export function checkId(id: string, at: Path, report: (finding: Finding) => void): boolean {
  if (new RegExp(idPattern).test(id)) return true;
  const message = `"${shorten(id, 40)}" is not an id: ids are letters, digits and _, a letter first, at most 64.`;
  report({ code: 'WRONG_ID', severity: 'error', at, on: 'key', message });
  return false;
}

/** Tells whether a value is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reports a secret that is written out, and remembers where. */
export function secretLiteral(at: Path, context: SectionContext): void {
  context.secrets.push(at);
  const message = 'a secret must not be written in the file.';
  const suggestion = 'Declare a parameter of the type "secret" and write { "$param": "…" }.';
  context.report({ code: 'SECRET_LITERAL', severity: 'error', at, message, suggestion });
}
