import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const CONTRACTS = 'libs/contracts/src/index.ts';
const RESPONSES = 'apps/catalog-api/src/**/*.{query,response}.ts';

/** The compiled sources of everything that crosses a boundary. */
export interface Sources {
  readonly program: ts.Program;
  readonly contracts: ts.SourceFile;
}

export function readSources(root: string): Sources {
  const paths = [CONTRACTS, ...globSync(RESPONSES, { cwd: root })].map((path) => join(root, path));
  const program = ts.createProgram(paths, { ...compilerOptions(root), noEmit: true });
  const contracts = program.getSourceFile(join(root, CONTRACTS));
  if (!contracts) throw new Error(`${CONTRACTS} cannot be read`);
  return { program, contracts };
}

/** The compiler options of tsconfig.json, without its choice of files. */
function compilerOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root).options;
}
