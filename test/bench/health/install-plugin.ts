import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rspack } from '@rspack/core';

/** Bundles the plugin of the benches like a third party's package, in a place where the built apps find it. */
export async function installPlugin(): Promise<string> {
  const name = 'integrations-bench-http';
  const directory = resolve('dist/node_modules', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
  const compiler = rspack({
    mode: 'none',
    target: 'node',
    entry: resolve('test/bench/health/http-plugin.ts'),
    output: { path: directory, filename: 'index.js', module: true, library: { type: 'module' }, chunkFormat: 'module' },
    // Dependencies from other packages are resolved where the apps resolve them.
    externals: [/^(?!@integrations\/|[./])/],
    externalsType: 'module',
    resolve: { extensions: ['.ts', '.js'], tsConfig: resolve('tsconfig.json') },
    module: { rules: [{ test: /\.ts$/, loader: 'builtin:swc-loader', options: { jsc: DIALECT } }] },
  });
  await new Promise<void>((done, failed) => {
    compiler.run((error, stats) => {
      const problem = error ?? (stats?.hasErrors() ? new Error(stats.toString('errors-only')) : null);
      compiler.close(() => (problem ? failed(problem) : done()));
    });
  });
  return name;
}

const DIALECT = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
  target: 'es2024',
};
