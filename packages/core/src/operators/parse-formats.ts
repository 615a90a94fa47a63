import type { CelType } from '@headrace/cel';
import { parseSchema, type Schema } from '@headrace/avro';
import { celTypeOf } from '../types/cel-type-of.ts';

const nullableText = ['null', 'string'];
const time = { type: 'long', logicalType: 'timestamp-millis' };

/** What a message of syslog holds. */
const syslogSchema: Schema = parseSchema({
  type: 'record',
  name: 'Syslog',
  fields: [
    { name: 'facility', type: 'int' },
    { name: 'severity', type: 'int' },
    { name: 'timestamp', type: ['null', time] },
    ...['hostname', 'appName', 'procId', 'msgId'].map((name) => ({ name, type: nullableText })),
    { name: 'structuredData', type: { type: 'map', values: 'string' } },
    { name: 'message', type: nullableText },
  ],
});

/** What a line of an access log holds. */
const combinedSchema: Schema = parseSchema({
  type: 'record',
  name: 'AccessLogLine',
  fields: [
    { name: 'remoteHost', type: 'string' },
    { name: 'identity', type: nullableText },
    { name: 'user', type: nullableText },
    { name: 'time', type: time },
    ...['method', 'path', 'protocol'].map((name) => ({ name, type: nullableText })),
    { name: 'status', type: 'int' },
    { name: 'bytes', type: ['null', 'long'] },
    { name: 'referer', type: nullableText },
    { name: 'userAgent', type: nullableText },
  ],
});

const text: CelType = { kind: 'string' };

/** The formats that need no pattern, with the type that expressions see under `m`. */
export const parsedTypes: Readonly<Record<'json' | 'csv' | 'logfmt' | 'syslog' | 'combined', CelType>> = {
  json: { kind: 'dyn' },
  csv: { kind: 'list', element: text },
  logfmt: { kind: 'map', key: text, value: { kind: 'nullable', of: text } },
  syslog: celTypeOf(syslogSchema),
  combined: celTypeOf(combinedSchema),
};
