/** A value as the suite writes it: the JSON form of `cel.expr.Value`. */
export interface SpecValue {
  readonly boolValue?: boolean;
  readonly int64Value?: string;
  readonly uint64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly nullValue?: null;
  readonly typeValue?: string;
  readonly listValue?: { readonly values?: readonly SpecValue[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: SpecValue; readonly value: SpecValue }[] };
  readonly objectValue?: { readonly '@type': string; readonly value?: unknown };
}

/** A type as the suite writes it: the JSON form of `cel.expr.Type`. */
export interface SpecType {
  readonly primitive?: string;
  readonly wrapper?: string;
  readonly wellKnown?: string;
  readonly messageType?: string;
  readonly listType?: { readonly elemType?: SpecType };
  readonly mapType?: { readonly keyType?: SpecType; readonly valueType?: SpecType };
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly SpecType[] };
  readonly dyn?: unknown;
  readonly null?: unknown;
}

/** One test of the suite, as much of it as is read here. */
export interface SpecTest {
  readonly name: string;
  readonly expr: string;
  readonly container?: string;
  readonly disableCheck?: boolean;
  readonly checkOnly?: boolean;
  readonly typeEnv?: readonly {
    readonly name: string;
    readonly ident?: { readonly type: SpecType };
    readonly function?: unknown;
  }[];
  readonly bindings?: Readonly<Record<string, { readonly value: SpecValue }>>;
  readonly value?: SpecValue;
  readonly evalError?: unknown;
  readonly typedResult?: { readonly result?: SpecValue; readonly deducedType: SpecType };
}

/** A test with its place in the suite. */
export interface Case {
  readonly suite: string;
  /** `suite/section/name`, with `#2` where a name stands twice. */
  readonly id: string;
  readonly test: SpecTest;
}
