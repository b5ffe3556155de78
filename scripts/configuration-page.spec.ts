import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@integrations/config';
import { DispatcherConfig } from '../apps/annotation-dispatcher/src/config';
import { CatalogConfig } from '../apps/catalog-api/src/config';
import { HealthWorkerConfig } from '../apps/health-worker/src/config';

const PAGE = readFileSync(join(__dirname, '../docs/operations/configuration.md'), 'utf8');
const KEYS = [...PAGE.matchAll(/`([A-Z0-9_]+\*?)`/g)].map(([, key]) => key!);

/** The environment variables that an app reads. */
function keysOf(Config: new () => object): string[] {
  const keys = new Set<string>();
  const env = new Proxy({}, { get: (_, key) => void keys.add(String(key)) });
  expect(() => loadConfig(Config, env)).toThrow('DATABASE_URL');
  return [...keys];
}

function isKnown(key: string): boolean {
  return KEYS.some((known) => (known.endsWith('*') ? key.startsWith(known.slice(0, -1)) : key === known));
}

const CONFIGS = [CatalogConfig, HealthWorkerConfig, DispatcherConfig];
const ROWS = [...PAGE.matchAll(/^\| (`[A-Z].*?) \| .*? \| (.*?) \|/gm)].map(([, keys, given]): [string[], string[]] => [
  wordsOf(keys!),
  wordsOf(given!),
]);
/** The page describes its default in words, beside one value. */
const IN_WORDS = 'CONSOLE_OIDC_SCOPES';

/** The texts in backticks. */
function wordsOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}

/** `OIDC_JWKS_URI` → `oidcJwksUri`. */
function propertyOf(key: string): string {
  return key.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

it('docs/operations/configuration.md names no key that no app reads', () => {
  const read = new Set(CONFIGS.flatMap(keysOf));
  const named = ROWS.flatMap(([keys]) => keys).filter((key) => !key.endsWith('*'));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((key) => !read.has(key))).toEqual([]);
});

it('docs/operations/configuration.md has the default of each key', () => {
  const settings: Record<string, unknown> = Object.assign({}, ...CONFIGS.map((Config) => new Config()));
  const pairs = ROWS.filter(([keys]) => !keys.includes(IN_WORDS)).flatMap(([keys, values]) =>
    // Words come before values, as for PORT.
    keys.map((key, index) => [key, values.at(index - keys.length)] as const),
  );
  const expected = pairs.map(([key]) => [key, shownDefault(settings[propertyOf(key)])]);
  expect(pairs).toEqual(expected);
});

/** Undefined for a default that the table describes in words: absent, empty, or 0 for any port. */
function shownDefault(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) && value !== 0 ? String(value) : undefined;
}

it.each([
  ['catalog-api', CatalogConfig],
  ['health-worker', HealthWorkerConfig],
  ['annotation-dispatcher', DispatcherConfig],
])('docs/operations/configuration.md names every key that %s reads', (_, Config) => {
  expect(keysOf(Config).filter((key) => !isKnown(key))).toEqual([]);
});
