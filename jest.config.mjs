import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'));

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([alias, [target]]) => [`^${alias}$`, target.replace('./', '<rootDir>/')]),
);

// SWC compiles our TypeScript to CommonJS; ESM-only packages load natively (NODE_OPTIONS=--experimental-vm-modules).
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
        target: 'es2024',
      },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};

const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  testEnvironment: 'node',
  moduleNameMapper,
  transform,
  setupFiles: ['reflect-metadata'],
  ...extra,
});

const servers = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  // Specs wait a lot: one more than there are cores. By default Jest leaves one idle, which is half of a machine with two.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 180_000,
  // A worker that ran a hundred specs has a large heap, and takes a second to go; half of one is Jest's own patience.
  workerGracefulExitTimeout: 10_000,
  projects: [
    project('unit', ['{apps,libs,scripts}/**/*.spec.ts', 'test/support/**/*.spec.ts'], {
      globalSetup: '<rootDir>/test/support/global-setup-unit.ts',
    }),
    project('integration', ['test/integration/**/*.spec.ts'], servers),
    project('e2e', ['test/e2e/**/*.spec.ts'], {
      ...servers,
      globalSetup: '<rootDir>/test/support/global-setup-e2e.ts',
    }),
  ],
};
