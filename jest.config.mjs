import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'));

const moduleNameMapper = {
  ...Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([alias, [target]]) => [
      `^${alias}$`,
      target.replace('./', '<rootDir>/'),
    ]),
  ),
  // They export nothing to CommonJS, not even by a default.
  '^@octokit/(auth-unauthenticated|webhooks-methods)$': '<rootDir>/node_modules/@octokit/$1/dist-node/index.js',
};

// SWC compiles our TypeScript and all packages to CommonJS. Jest could load packages that are ES modules natively, with
// --experimental-vm-modules, but then V8 compiles every module anew for each spec file, and keeps them all.
const swc = (parser, sourceMaps) => [
  '@swc/jest',
  {
    jsc: {
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
      target: 'es2024',
    },
    module: { type: 'commonjs' },
    sourceMaps,
  },
];
const transform = {
  '\\.ts$': swc({ syntax: 'typescript', decorators: true }, 'inline'),
  '\\.m?js$': swc({ syntax: 'ecmascript' }, false),
};

const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  testEnvironment: 'node',
  moduleNameMapper,
  transform,
  transformIgnorePatterns: [],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/support/let-go-of-observers.ts'],
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
