import { readFileSync } from 'node:fs';
import { startCatalog, type TestCatalog } from './support';

let catalog: TestCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.close());

it('docs/openapi.json, which is generated without a server, is what the app serves', async () => {
  const { text } = await catalog.anonymous().call('GET', '/docs-json');
  expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(JSON.parse(text));
});
