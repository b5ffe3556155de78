import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@integrations/config';
import { DispatcherConfig } from '../apps/annotation-dispatcher/src/config';
import { CatalogConfig } from '../apps/catalog-api/src/config';
import { HealthWorkerConfig } from '../apps/health-worker/src/config';

const OPERATIONS = readFileSync(join(__dirname, '../docs/operations.md'), 'utf8');
const TABLE = OPERATIONS.slice(OPERATIONS.indexOf('## Configuration'), OPERATIONS.indexOf('## Commands'));
const KEYS = [...TABLE.matchAll(/`([A-Z0-9_]+\*?)`/g)].map(([, key]) => key!);

/** What an app reads, by having it read. */
function keysOf(Config: new () => object): string[] {
  const asked = new Set<string>();
  const env = new Proxy({}, { get: (_, key) => void asked.add(String(key)) });
  expect(() => loadConfig(Config, env)).toThrow('DATABASE_URL');
  return [...asked];
}

function isKnown(key: string): boolean {
  return KEYS.some((known) => (known.endsWith('*') ? key.startsWith(known.slice(0, -1)) : key === known));
}

it.each([
  ['catalog-api', CatalogConfig],
  ['health-worker', HealthWorkerConfig],
  ['annotation-dispatcher', DispatcherConfig],
])('docs/operations.md names every key that %s reads', (_, Config) => {
  expect(keysOf(Config).filter((key) => !isKnown(key))).toEqual([]);
});
