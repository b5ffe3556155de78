export type LeafKind = 'text' | 'long' | 'words' | 'lines' | 'integer' | 'number' | 'choice' | 'flag' | 'json';

/** One control. `path` is its place in the request, by which the API names the field in its errors: `config.appId`. */
export interface Leaf {
  readonly path: string;
  readonly kind: LeafKind;
  readonly label: string;
  /** Of a setting whose label is not its name: by that name it stands in the config. */
  readonly name?: string;
  readonly hint: string;
  readonly required: boolean;
  /** What counts where nothing is given; empty if nothing does. */
  readonly byDefault: string;
  /** Of a choice. */
  readonly options: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/** An object within the request; what is required of it is so only once any of it is given, unless it is itself. */
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
