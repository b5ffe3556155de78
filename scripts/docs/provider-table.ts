import type { Capability, IntegrationType } from '@integrations/contracts';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { code, table } from './markdown.ts';

const KINDS: Readonly<Record<IntegrationType, string>> = {
  scm: 'source control',
  registry: 'container registry',
  ci: 'CI system',
  runtime_host: 'runtime host',
};

/** The columns of the table, each with the names of its capabilities. */
const COLUMNS: readonly (readonly [string, Partial<Record<Capability, string>>])[] = [
  ['annotates', { comment: 'comments', status: 'statuses', check_run: 'check runs' }],
  ['lists', { repositories: 'repositories', tags: 'tags' }],
  ['images', { digest: 'digests', referrers: 'referrers' }],
  ['CI', { pipelines: 'pipelines', runs: 'runs' }],
  ['runtime', { workloads: 'workloads' }],
];

/** The README's table of providers, from the plugins' declarations. */
export function providerTable(plugins: readonly ConnectorPlugin[]): string {
  const order = Object.keys(KINDS);
  const rows = plugins
    .toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type) || a.displayName.localeCompare(b.displayName))
    .map(({ provider, displayName, type, capabilities }) => [
      code(provider),
      displayName,
      KINDS[type],
      'yes',
      ...COLUMNS.map(([, names]) => capabilities.flatMap((capability) => names[capability] ?? []).join(', ')),
    ]);
  return table(['provider', 'service', 'kind', 'test, health', ...COLUMNS.map(([name]) => name)], rows);
}
