import avsc from 'avsc';

/** Makes a plain object from the values of its keys, in their order. */
export type RecordBuilder = (values: readonly unknown[]) => Record<string, unknown>;

type RecordConstructor = new (...values: readonly unknown[]) => Record<string, unknown>;

const MAX_PARAMETERS = 128;

/**
 * Returns the function that makes objects of these keys.
 * avsc generates a constructor for each record type, which assigns the keys two to three times as fast as a loop does;
 * with `Object.prototype` as its prototype it makes plain objects.
 */
export function recordBuilder(keys: readonly string[]): RecordBuilder {
  if (keys.length <= MAX_PARAMETERS) {
    const create = generatedConstructor(keys);
    return (values) => new create(...values);
  }
  return (values) => {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index++) record[keys[index] as string] = values[index];
    return record;
  };
}

function generatedConstructor(keys: readonly string[]): RecordConstructor {
  const fields = keys.map((name) => ({ name, type: 'null' }));
  const options = { omitRecordMethods: true };
  const type = avsc.Type.forSchema({ type: 'record', name: 'Fields', fields } as never, options as never);
  const { recordConstructor } = type as unknown as { recordConstructor: RecordConstructor };
  (recordConstructor as { prototype: unknown }).prototype = Object.prototype;
  return recordConstructor;
}
