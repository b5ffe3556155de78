import ts from 'typescript';
import type { Sources } from './sources.ts';

/** A JSON Schema, draft 2020-12, as far as we use it. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface Member {
  readonly name: string;
  readonly description: string;
  readonly optional: boolean;
  /** Its numbers are integers, as the tag `@asType integer` says; TypeScript has no type for them. */
  readonly integer: boolean;
  readonly type: ts.Type;
}

/**
 * Converts the types that libs/contracts exports into JSON Schemas. Interfaces define what crosses the boundary and their
 * comments document it, so nothing has to be written twice. Named types become components.
 */
export class TypeSchemas {
  /** By name. Grows with each requested type. */
  readonly components: Record<string, Schema> = {};
  readonly #checker: ts.TypeChecker;
  readonly #exports: ReadonlyMap<string, ts.Symbol>;
  /** Names of exported unions of literals, by the JSON of their sorted members. */
  readonly #enums = new Map<string, string>();

  constructor({ program, contracts }: Sources) {
    this.#checker = program.getTypeChecker();
    const module = this.#checker.getSymbolAtLocation(contracts);
    if (!module) throw new Error('libs/contracts exports nothing');
    const exported = this.#checker
      .getExportsOfModule(module)
      .map((symbol) => [symbol.name, this.#origin(symbol)] as const);
    this.#exports = new Map(exported);
    for (const [name, symbol] of this.#exports) {
      if (!(symbol.flags & ts.SymbolFlags.TypeAlias)) continue;
      const literals = literalsOf(this.#checker.getDeclaredTypeOfSymbol(symbol));
      if (literals && literals.length > 1) this.#enums.set(JSON.stringify(literals), name);
    }
  }

  /** A reference to the component of that exported type. Throws if no such type is exported. */
  ref(name: string): Schema {
    if (!this.components[name]) {
      this.components[name] = {}; // for types that refer to themselves
      this.components[name] = this.#declared(name);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  description(name: string): string {
    return docstringOf(this.#symbol(name), this.#checker);
  }

  /** The properties of an exported interface or class, inherited ones included. */
  members(name: string): Member[] {
    return this.membersOf(this.#checker.getDeclaredTypeOfSymbol(this.#symbol(name)));
  }

  membersOf(type: ts.Type): Member[] {
    return this.#checker.getPropertiesOfType(type).map((property) => ({
      name: property.name,
      description: docstringOf(property, this.#checker),
      optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      integer: property.getJsDocTags().some(({ name, text = [] }) => name === 'asType' && text[0]?.text === 'integer'),
      type: this.#checker.getTypeOfSymbol(property),
    }));
  }

  /** An object with these properties. Additional ones are allowed, because readers must ignore them. */
  object(members: readonly Member[], description = ''): Schema {
    const properties = members.map(({ name, type, integer, description: text }) => {
      const schema = this.schema(type);
      return [name, described(integer ? ofIntegers(schema) : schema, text)];
    });
    const required = members.filter(({ optional }) => !optional).map(({ name }) => name);
    const object = { type: 'object', properties: Object.fromEntries(properties) as Schema };
    return described(required.length > 0 ? { ...object, required } : object, description);
  }

  schema(type: ts.Type): Schema {
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & (ts.TypeFlags.Boolean | ts.TypeFlags.BooleanLiteral)) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (type.flags & ts.TypeFlags.NonPrimitive) return { type: 'object', additionalProperties: true };
    const literals = literalsOf(type);
    if (literals) return this.#enum(literals);
    if (type.isUnion()) return this.#union(type);
    const item = this.#checker.isArrayLikeType(type) && this.#checker.getTypeArguments(type as ts.TypeReference)[0];
    if (item) return { type: 'array', items: this.schema(item) };
    const name = (type.aliasSymbol ?? type.symbol)?.name;
    const generic = (type.aliasTypeArguments ?? (type as ts.TypeReference).typeArguments ?? []).length > 0;
    if (name && this.#exports.has(name) && !generic) return this.ref(name);
    const index = type.getStringIndexType();
    if (index) return { type: 'object', additionalProperties: this.schema(index) };
    return this.object(this.membersOf(type));
  }

  #declared(name: string): Schema {
    const symbol = this.#symbol(name);
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const literals = literalsOf(type);
    if (literals) return described({ type: 'string', enum: literals }, docstringOf(symbol, this.#checker));
    if (type.isUnion()) return described(this.#union(type), docstringOf(symbol, this.#checker));
    return this.object(this.membersOf(type), docstringOf(symbol, this.#checker));
  }

  #enum(literals: readonly string[]): Schema {
    const name = this.#enums.get(JSON.stringify(literals));
    if (name) return this.ref(name);
    return literals.length === 1 ? { const: literals[0] } : { type: 'string', enum: literals };
  }

  #union(type: ts.UnionType): Schema {
    const present = type.types.filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)));
    const literals = present.every((part) => part.isStringLiteral())
      ? present.map((part) => (part as ts.StringLiteralType).value).sort()
      : null;
    const booleans = present.every(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    const schemas = literals
      ? [this.#enum(literals)]
      : booleans
        ? [{ type: 'boolean' }]
        : present.map((part) => this.schema(part));
    if (type.types.some(({ flags }) => flags & ts.TypeFlags.Null)) schemas.push({ type: 'null' });
    if (schemas.length === 1) return schemas[0] ?? {};
    const simple = schemas.every((schema) => Object.keys(schema).length === 1 && typeof schema['type'] === 'string');
    return simple ? { type: schemas.map((schema) => schema['type']) } : { anyOf: schemas };
  }

  #symbol(name: string): ts.Symbol {
    const symbol = this.#exports.get(name);
    if (!symbol) throw new Error(`no type ${name} is exported`);
    return symbol;
  }

  #origin(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** The docstring of a symbol on one line; an empty string if there is none. */
export function docstringOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ').trim();
}

export function described(schema: Schema, description: string): Schema {
  return description === '' ? schema : { ...schema, description };
}

function ofIntegers({ type, ...rest }: Schema): Schema {
  const types = [type].flat().map((each) => (each === 'number' ? 'integer' : each));
  return { type: types.length === 1 ? types[0] : types, ...rest };
}

/** A docstring, and then a validation rule in words, such as `must contain a letter`, as a sentence. */
export function sentences(docstring: string, rule: unknown): string {
  if (typeof rule !== 'string') return docstring;
  const sentence = rule.charAt(0).toUpperCase() + rule.slice(1);
  return `${docstring} ${sentence.endsWith('.') ? sentence : `${sentence}.`}`.trim();
}

/** Sorted, because the compiler's own order depends on what it has seen before. Null if the type is not made of string literals. */
function literalsOf(type: ts.Type): string[] | null {
  const parts = type.isUnion() ? type.types : [type];
  if (!parts.every((part) => part.isStringLiteral())) return null;
  return parts.map((part) => (part as ts.StringLiteralType).value).sort();
}
