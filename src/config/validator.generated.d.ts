// Generated from schemas/test-config.schema.json by `npm run generate`.

/** What the wording of a fault takes from the schema. */
export interface SchemaPart {
  /** What a map is called: `a host`. */
  readonly 'x-noun'?: string;
  /** What a value should be: `a port from 1 to 65535`. */
  readonly 'x-wants'?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, { readonly examples?: readonly unknown[] } | undefined>>;
}

/** One complaint, in the terms of JSON Schema. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer into the value. */
  readonly instancePath: string;
  readonly params: {
    readonly additionalProperty?: string;
    readonly missingProperty?: string;
    readonly propertyName?: string;
    readonly type?: string | readonly string[];
    readonly limit?: number;
  };
  /** Set when the complaint is about a key. */
  readonly propertyName?: string;
  readonly parentSchema: SchemaPart;
  readonly data: unknown;
}

/** Whether a value is a config by the schema; if not, `errors` holds every complaint until the next call. */
export declare const validateTestConfig: {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
};
