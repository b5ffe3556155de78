import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlugin } from './plugin-shape';
import { createOwnProviders } from './providers';

const folders = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'vendors')
  .map(({ name }) => name);

describe('The list of providers', () => {
  it('has one line for each folder', () => {
    const names = createOwnProviders().map(({ provider }) => provider);

    expect(names.sort()).toEqual(folders.map((folder) => folder.replaceAll('-', '_')).sort());
  });

  it('contains plugins that are valid as third-party ones', () => {
    for (const plugin of createOwnProviders()) expect(checkPlugin(plugin)).toEqual({ ok: true, plugin });
  });

  it('creates new plugins, so that no two registries share cached state', () => {
    expect(createOwnProviders()[0]).not.toBe(createOwnProviders()[0]);
  });

  it.each(folders)('contains for %s all required files, and its conformance suite', (folder) => {
    const { capabilities } = createOwnProviders().find(({ provider }) => provider === folder.replaceAll('-', '_'))!;
    const annotates = capabilities.includes('comment');
    // All providers of a vendor may share its config and its client.
    const common = ['plugin.ts', 'probe.ts', 'conformance.spec.ts'];
    const wanted = annotates ? [...common, 'annotations.ts'] : common;
    const missing = wanted.filter((file) => !existsSync(join(__dirname, folder, file)));

    expect(missing).toEqual([]);
  });
});
