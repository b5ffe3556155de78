export type LeafKind = 'text' | 'long' | 'words' | 'lines' | 'integer' | 'number' | 'choice' | 'flag' | 'json';

/** One control. `path` is its path in the request, which the API also uses in its errors: `config.appId`. */
export interface Leaf {
  readonly path: string;
  readonly kind: LeafKind;
  readonly label: string;
  /** The setting's key in the config, if the label differs from it. */
  readonly name?: string;
  readonly hint: string;
  readonly required: boolean;
  /** The default value; empty if there is none. */
  readonly byDefault: string;
  /** Options of a `choice`. */
  readonly options: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/**
 * An object in the request. Its required fields are required only if the object itself is, or if any field is given.
 */
export interface Group {
  readonly path: string;
  readonly kind: 'group';
  readonly label: string;
  readonly name?: string;
  readonly hint: string;
  readonly required: boolean;
  readonly fields: readonly FormField[];
}

export type FormField = Leaf | Group;

export function leavesOf(fields: readonly FormField[]): Leaf[] {
  return fields.flatMap((field) => (field.kind === 'group' ? leavesOf(field.fields) : [field]));
}
