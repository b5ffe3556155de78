import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve('.');
const LIBS = [
  'contracts',
  'config',
  'provider-kit',
  'providers',
  'payload-builder',
  'secrets',
  'bus',
  'database',
  'telemetry',
  'bootstrap',
];

/** Violations: the rule, the file that breaks it, and its import. */
const PLANTED: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['apps-apart', 'apps/catalog-api/src/a.ts', '../../health-worker/src/main'],
  ['libs-by-their-door', 'apps/catalog-api/src/b.ts', '../../../libs/database/src/here'],
  ['sibling-libs-by-their-door', 'libs/database/src/a.ts', '../../contracts/src/here'],
  ['production-without-tests', 'libs/contracts/src/a.ts', '../../../test/support/helper'],
  ['providers-apart', 'libs/providers/src/github-app/a.ts', '../in-memory/plugin'],
  ['vendors-apart', 'libs/providers/src/vendors/github/a.ts', '../gitlab/client'],
  ['contracts-imports', 'libs/contracts/src/b.ts', '@integrations/config'],
  ['provider-kit-imports', 'libs/provider-kit/src/a.ts', '@integrations/secrets'],
  ['providers-imports', 'libs/providers/src/a.ts', '@integrations/database'],
  ['payload-builder-imports', 'libs/payload-builder/src/a.ts', '@integrations/providers'],
  ['secrets-imports', 'libs/secrets/src/a.ts', '@integrations/database'],
  ['bus-imports', 'libs/bus/src/a.ts', '@integrations/database'],
  ['database-imports', 'libs/database/src/b.ts', '@integrations/bus'],
  ['telemetry-imports', 'libs/telemetry/src/a.ts', '@integrations/bus'],
  ['console-imports', 'apps/console/src/a.ts', '@integrations/contracts'],
  ['console-contracts', 'apps/console/src/b.ts', '@integrations/database'],
  ['typeorm-only-there', 'apps/catalog-api/src/c.ts', 'typeorm'],
  ['pg-only-there', 'libs/bus/src/b.ts', 'pg'],
  ['nats-io-only-there', 'apps/catalog-api/src/d.ts', '@nats-io/transport-node'],
  ['gitbeaker-only-there', 'libs/providers/src/in-memory/b.ts', '@gitbeaker/rest'],
  ['octokit-only-there', 'libs/providers/src/in-memory/a.ts', '@octokit/core'],
  ['undici-only-there', 'libs/providers/src/github-app/b.ts', 'undici'],
  ['aws-sdk-only-there', 'libs/secrets/src/b.ts', '@aws-sdk/credential-providers'],
  ['azure-only-there', 'libs/secrets/src/c.ts', '@azure/identity'],
  ['google-auth-library-only-there', 'libs/secrets/src/d.ts', 'google-auth-library'],
  ['undeclared', 'libs/bus/src/d.ts', 'brought-along'],
  ['no-unresolved', 'libs/bus/src/c.ts', './nowhere'],
  ['no-cycles', 'libs/bus/src/cycle-too.ts', './cycle'],
];
const PACKAGES = PLANTED.map(([, , imported]) => imported).filter(
  (imported) => !/^(\.|@integrations\/)/.test(imported),
);
const ALLOWED = 'apps/catalog-api/src/allowed.ts';

let broken: readonly { readonly rule: string; readonly file: string }[];

/** Creates a project with our structure and a violation of each rule. */
beforeAll(() => {
  const project = mkdtempSync(join(tmpdir(), 'import-rules-'));
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), content);
  };
  const importing = (imported: string): string => `import * as x from '${imported}'; export const y: unknown = x;`;

  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    cpSync(join(ROOT, file), join(project, file));
  }
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const lib of LIBS) write(`libs/${lib}/src/here.ts`, 'export const here = 1;');
  for (const lib of LIBS) write(`libs/${lib}/src/index.ts`, `export { here } from './here';`);
  write('apps/health-worker/src/main.ts', 'export const here = 1;');
  write('libs/providers/src/in-memory/plugin.ts', 'export const here = 1;');
  write('libs/providers/src/vendors/gitlab/client.ts', 'export const here = 1;');
  write('test/support/helper.ts', 'export const here = 1;');
  write('libs/bus/src/cycle.ts', importing('./cycle-too'));
  write(ALLOWED, importing('@integrations/database'));
  for (const [, file, imported] of PLANTED) write(file, importing(imported));

  broken = cruise(project);
  rmSync(project, { recursive: true, force: true });
});

describe('the import rules', () => {
  it.each(PLANTED)('report %s in %s, which imports %s', (rule, file) => {
    expect(broken).toContainEqual({ rule, file });
  });

  it('report nothing for an allowed import', () => {
    expect(broken.filter(({ file }) => file === ALLOWED)).toEqual([]);
  });

  it('are all tested here', () => {
    const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>('../.dependency-cruiser.cjs');
    const untested = forbidden.map(({ name }) => name).filter((name) => !PLANTED.some(([rule]) => rule === name));
    // The first is built like the tested rules of other libs, and the last allows every lib.
    expect(untested).toEqual(['config-imports', 'bootstrap-imports']);
  });
});

function cruise(project: string): typeof broken {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'test'];
  const depcruise = join(ROOT, 'node_modules/.bin/depcruise');
  const { stdout, stderr } = spawnSync(process.execPath, [depcruise, ...args], { cwd: project, env, encoding: 'utf8' });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const report = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return report.summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
}
