/** Who may import whom; docs/architecture.md tells why. */

// Fakes that specs of one folder share stand beside them.
const specs = '\\.spec\\.ts$|/__fixtures__/';

/** A lib imports only the libs named, beside itself. */
const lib = (name, ...allowed) => ({
  name: `${name}-imports`,
  comment: `libs/${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^libs/${name}/`, pathNot: specs },
  to: { path: '^(libs|apps|test|scripts)/', pathNot: `^libs/(${[name, ...allowed].join('|')})/` },
});

/** A package belongs to one place. */
const only = (pkg, place) => ({
  name: `${pkg.replace('@', '')}-only-there`,
  comment: `${pkg} may be imported only by ${place}`,
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: place },
  to: { path: `^node_modules/${pkg}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'undeclared',
      comment: 'A package that is imported is one of package.json, not one that another package happens to bring.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'apps-apart',
      comment: 'An app never imports another app; they talk over NATS and PostgreSQL.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-by-their-door',
      comment: 'Outside a lib, import its index only.',
      severity: 'error',
      from: { path: '^(apps|test|scripts)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'sibling-libs-by-their-door',
      comment: 'Outside a lib, import its index only.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'production-without-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: specs },
      to: { path: `^test/|${specs}` },
    },
    {
      name: 'providers-apart',
      comment: 'Deleting a provider folder must not touch another one; what those of one vendor share is in vendors/.',
      severity: 'error',
      from: { path: '^libs/providers/src/([^/]+)/' },
      to: { path: '^libs/providers/src/([^/]+)/', pathNot: '^libs/providers/src/($1|vendors)/' },
    },
    {
      name: 'vendors-apart',
      comment:
        'What the providers of one vendor share knows nothing of another vendor, except of Entra ID, which signs in.',
      severity: 'error',
      from: { path: '^libs/providers/src/vendors/([^/]+)/' },
      to: { path: '^libs/providers/src/vendors/', pathNot: '^libs/providers/src/vendors/($1|entra)/' },
    },
    lib('contracts'),
    lib('config', 'contracts'),
    lib('provider-kit', 'contracts'),
    lib('providers', 'provider-kit', 'contracts'),
    lib('payload-builder', 'provider-kit', 'contracts'),
    lib('secrets', 'provider-kit', 'contracts', 'config'),
    lib('bus', 'contracts', 'config', 'telemetry'),
    lib('database', 'contracts', 'config'),
    lib('telemetry', 'contracts', 'config'),
    lib('bootstrap', 'contracts', 'config', 'database', 'bus', 'telemetry', 'secrets', 'provider-kit', 'providers'),
    {
      name: 'console-imports',
      comment: 'The console is bundled for browsers: it may import only types of the contracts.',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: { path: '^(libs|test|scripts)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'console-contracts',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: { path: '^(libs|test|scripts)/', pathNot: '^libs/contracts/' },
    },
    only('typeorm', '^libs/database/'),
    only('pg', '^libs/database/'),
    only('@nats-io', '^libs/bus/'),
    only('@octokit', '^libs/providers/src/(github-app|vendors/github)/'),
    only('@gitbeaker', '^libs/providers/src/(gitlab|vendors/gitlab)/'),
    only('undici', '^libs/provider-kit/src/egress/'),
    only('@aws-sdk', '^libs/secrets/src/stores/aws/'),
    only('@azure', '^libs/secrets/src/stores/azure/'),
    only('google-auth-library', '^libs/secrets/src/stores/gcp/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
