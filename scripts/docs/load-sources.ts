import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const DECORATED = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
    target: 'es2024',
  },
  module: { type: 'es6' },
} as const;

/**
 * Lets this process import the sources of apps and libs as the builds do. Node by itself strips types, but supports neither
 * our path aliases, nor imports without extensions, nor decorators.
 */
export function loadSources(root: string): void {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: { paths: Record<string, [string]> };
  };
  const aliases = new Map(
    Object.entries(compilerOptions.paths).map(([alias, [target]]) => [alias, join(root, target)]),
  );
  const isOurs = (url: string) => /^file:.*\/(apps|libs)\/[^?]*\.ts$/.test(url) && !url.includes('/node_modules/');

  registerHooks({
    resolve: (specifier, context, next) => {
      const alias = aliases.get(specifier);
      if (alias) return next(pathToFileURL(alias).href, context);
      if (specifier.startsWith('.') && context.parentURL && isOurs(context.parentURL)) {
        const url = new URL(`${specifier}.ts`, context.parentURL);
        const folder = new URL(`${specifier}/index.ts`, context.parentURL);
        if (existsSync(url)) return next(url.href, context);
        if (existsSync(folder)) return next(folder.href, context);
      }
      return next(specifier, context);
    },
    load: (url, context, next) => {
      if (isOurs(url)) {
        const path = fileURLToPath(url);
        const { code } = transformSync(readFileSync(path, 'utf8'), { ...DECORATED, filename: path, configFile: false });
        return { format: 'module', source: code, shortCircuit: true };
      }
      // Bundlers import JSON as a module; Node would need an import attribute.
      if (url === pathToFileURL(join(root, 'package.json')).href) {
        return { format: 'module', source: `export default ${readFileSync(new URL(url), 'utf8')}`, shortCircuit: true };
      }
      return next(url, context);
    },
  });
}
