import ts from 'typescript';
import type { Sources } from './sources.ts';
import { docstringOf } from './type-schemas.ts';

/**
 * The docstrings of the types that REST requests and responses consist of. A class inherits the docstrings of the
 * interface that it implements, so each is written once, in libs/contracts.
 */
export class Docstrings {
  readonly #checker: ts.TypeChecker;
  readonly #types = new Map<string, ts.Symbol>();

  constructor({ program }: Sources) {
    this.#checker = program.getTypeChecker();
    for (const source of program.getSourceFiles()) {
      if (source.isDeclarationFile || program.isSourceFileFromExternalLibrary(source)) continue;
      for (const statement of source.statements) {
        if (!isType(statement)) continue;
        const symbol = statement.name && this.#checker.getSymbolAtLocation(statement.name);
        if (symbol) this.#types.set(symbol.name, symbol);
      }
    }
  }

  /**
   * The docstring of a class or type alias. A class without one takes that of the interface or class that it implements
   * or extends. An empty string if there is none.
   */
  ofType(name: string): string {
    const symbol = this.#types.get(name);
    const declaration = symbol?.declarations?.find((each) => ts.isClassDeclaration(each));
    // TypeScript lets properties inherit docstrings, but not classes.
    const parents = (declaration?.heritageClauses ?? []).flatMap(({ types }) => types);
    const inherited = parents.map((parent) => this.#checker.getTypeAtLocation(parent).symbol);
    const ours = [symbol, ...inherited].filter((each) => each && this.#types.get(each.name) === each);
    return ours.map((each) => (each ? docstringOf(each, this.#checker) : '')).find((text) => text !== '') ?? '';
  }

  /** The docstrings of the fields of a class, inherited fields included. Empty if there is no such class. */
  ofFields(name: string): Readonly<Record<string, string>> {
    const symbol = this.#types.get(name);
    const fields = symbol ? this.#checker.getDeclaredTypeOfSymbol(symbol).getProperties() : [];
    return Object.fromEntries(fields.map((field) => [field.name, docstringOf(field, this.#checker)]));
  }
}

function isType(
  statement: ts.Statement,
): statement is ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration {
  return (
    ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
  );
}
