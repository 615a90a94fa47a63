import type { Finding, Path } from '../component/finding.ts';
import type { Section } from './options-schema.ts';

/** The types of components that the format names; those without a definition are reserved, not unknown. */
const reservedTypes: Readonly<Record<Section | 'codecs', readonly string[]>> = {
  sources: words('kafka file stdin generate tail http syslog postgres amqp mqtt nats redis s3'),
  operators: words(
    'filter map flatMap branch keyBy parse assert peek sample throttle lookup process rx aggregate table join deduplicate topN repartition',
  ),
  sinks: words('kafka file stdout drop http postgres s3 elasticsearch clickhouse'),
  codecs: words('avro json csv string bytes int long float double'),
};

/** The keys that the format reserves and no component of today reads. */
const reservedKeys: Readonly<Record<Section | 'top' | 'run', readonly string[]>> = {
  top: [],
  run: words('internalTopics'),
  sources: words('table'),
  operators: words('state timers'),
  sinks: words('buffer'),
};

/** Tells whether the format names a type that does not exist yet. */
export function isReservedType(section: Section | 'codecs', type: string): boolean {
  return reservedTypes[section].includes(type);
}

/** Tells whether the format names a key that has no effect yet. */
export function isReservedKey(section: Section | 'top' | 'run', key: string): boolean {
  return reservedKeys[section].includes(key);
}

/** Makes the finding for what the format names and nobody has built. */
export function notBuiltYet(at: Path, what: string, on: 'key' | 'value' = 'value'): Finding {
  return {
    code: 'NOT_BUILT_YET',
    severity: 'error',
    at,
    on,
    message: `${what} is part of the format, but not built yet.`,
  };
}

function words(text: string): readonly string[] {
  return text.split(' ');
}
