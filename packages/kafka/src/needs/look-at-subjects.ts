import { HeadraceError, schemaIdOf, type SchemaRegistry } from '@headrace/core';
import type { NeededSubject } from './cluster-needs.ts';
import type { SubjectReport } from './cluster-report.ts';

/** Looks whether subjects hold what sinks write; it registers nothing. Fails with REGISTRY_UNAVAILABLE and REGISTRY_REFUSED. */
export async function lookAtSubjects(
  needed: readonly NeededSubject[],
  openSchemas: () => SchemaRegistry,
): Promise<SubjectReport[]> {
  if (needed.length === 0) return [];
  const schemas = openSchemas();
  try {
    const reports: SubjectReport[] = [];
    for (const need of needed) {
      const id = await idOf(need, schemas);
      const { subject: name, node, part, register } = need;
      reports.push({
        kind: 'subject',
        name,
        nodes: [node],
        part,
        state: id === null ? 'missing' : 'fine',
        id,
        register,
      });
    }
    return reports;
  } finally {
    schemas.close();
  }
}

/** Registers the schema of a sink in one subject and returns its id. Fails with SCHEMA_REFUSED, REGISTRY_UNAVAILABLE and REGISTRY_REFUSED. */
export function registerSubject({ subject, node, encoding }: NeededSubject, schemas: SchemaRegistry): Promise<number> {
  return schemaIdOf({ ...encoding, frame: { subjects: [subject], register: true } }, node, schemas);
}

async function idOf({ subject, node, encoding }: NeededSubject, schemas: SchemaRegistry): Promise<number | null> {
  try {
    return await schemaIdOf({ ...encoding, frame: { subjects: [subject], register: false } }, node, schemas);
  } catch (error) {
    if (error instanceof HeadraceError && error.code === 'SUBJECT_LACKS_SCHEMA') return null;
    throw error;
  }
}
