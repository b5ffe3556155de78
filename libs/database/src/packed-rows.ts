import { storableJson } from './storable';

/** How SQL reads a column from the JSON array `r`. Only uuid and text columns may be null. */
const READ = {
  uuid: (at: number) => `(r->>${at})::uuid`,
  text: (at: number) => `r->>${at}`,
  integer: (at: number) => `(r->${at})::integer`,
  boolean: (at: number) => `(r->${at})::boolean`,
  jsonb: (at: number) => `r->${at}`,
  time: (at: number) => `to_timestamp((r->${at})::double precision / 1000)`,
  times: (at: number) =>
    `ARRAY(SELECT to_timestamp(t::double precision / 1000) FROM jsonb_array_elements(r->${at}) AS t)`,
};

type ColumnKind = keyof typeof READ;

type KindOf<Value> = Value extends Date
  ? 'time'
  : Value extends readonly Date[]
    ? 'times'
    : Value extends boolean
      ? 'boolean'
      : Value extends number
        ? 'integer'
        : Value extends string | null
          ? 'uuid' | 'text'
          : 'jsonb';

type Columns<Row> = { readonly [Name in keyof Row]: KindOf<Row[Name]> };

/**
 * Passes rows to a statement as one parameter. Each row is a JSON array of its columns: parsing column names in every row
 * would cost PostgreSQL more than parsing the values. Times are milliseconds, because parsing them from text would cost as
 * much as everything else.
 */
export class PackedRows<Row extends object> {
  /** The rows of `$1` as a FROM item, with each column named after its property. */
  readonly sql: string;
  readonly #columns: readonly (readonly [keyof Row, ColumnKind])[];

  constructor(columns: Columns<Row>) {
    this.#columns = Object.entries(columns) as [keyof Row, ColumnKind][];
    const read = this.#columns.map(([name, kind], at) => `${READ[kind](at)} AS "${String(name)}"`);
    this.sql = `(SELECT ${read.join(', ')} FROM jsonb_array_elements($1::jsonb) AS r)`;
  }

  pack(rows: readonly Row[]): string {
    return storableJson(rows.map((row) => this.#columns.map(([name, kind]) => plain(row[name], kind))));
  }
}

function plain(value: unknown, kind: ColumnKind): unknown {
  if (kind === 'time') return (value as Date).getTime();
  if (kind === 'times') return (value as readonly Date[]).map((time) => time.getTime());
  return value;
}
