import { HttpAnswer } from '../fake-vendor/answer';

/** A requested field, with the requested fields of its value, and the range of its elements. */
interface Field {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly range: readonly [from: number, to: number] | null;
}

const TOKEN = /[\w]+|[[\],]|\{\d+,\d+\}/gy;

/** The part of a value that Jenkins returns: the fields in `tree`, and `_class`. */
export function shown(thing: unknown, tree: string): unknown {
  TOKEN.lastIndex = 0;
  const tokens = [...tree.matchAll(TOKEN)].map(([token]) => token);
  if (tokens.join('') !== tree) throw new HttpAnswer(400, `<html>tree=${tree}</html>`);
  const fields = readFields(tokens);
  if (tokens.length > 0) throw new HttpAnswer(400, `<html>tree=${tree}</html>`);
  return project(thing, fields);
}

function readFields(tokens: string[]): Field[] {
  const fields: Field[] = [];
  do {
    if (tokens[0] === ',') tokens.shift();
    const name = tokens.shift() ?? '';
    let inside: Field[] = [];
    if (tokens[0] === '[') {
      tokens.shift();
      inside = readFields(tokens);
      if (tokens.shift() !== ']') throw new HttpAnswer(400, '<html>tree</html>');
    }
    const range = tokens[0]?.startsWith('{') ? tokens.shift()!.slice(1, -1).split(',').map(Number) : null;
    fields.push({ name, fields: inside, range: range && [range[0]!, range[1]!] });
  } while (tokens[0] === ',');
  return fields;
}

function project(thing: unknown, fields: readonly Field[]): unknown {
  if (typeof thing !== 'object' || thing === null) return thing;
  const all = thing as Readonly<Record<string, unknown>>;
  const parts = fields
    .filter(({ name }) => all[name] !== undefined)
    .map(({ name, fields: inside, range }) => {
      const value = all[name];
      if (!Array.isArray(value)) return [name, project(value, inside)];
      return [name, value.slice(...(range ?? [])).map((one) => project(one, inside))];
    });
  return { _class: all['_class'], ...Object.fromEntries(parts) };
}
