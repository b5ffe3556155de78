import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeApi } from '../../../apps/catalog-api/src/docs/describe-api';
import { readSources } from '../../../scripts/docs/sources';
import { withDocstrings } from '../../../scripts/docs/with-docstrings';
import { startCatalog, type TestCatalog } from './support';

const file: unknown = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));

let catalog: TestCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.close());

it('the app serves docs/openapi.json', async () => {
  const { body } = await catalog.anonymous().call('GET', '/docs-json');
  expect(body).toEqual(file);
});

it('docs/openapi.json, which is generated without a server, describes the routes of the app', () => {
  const described = withDocstrings(describeApi(catalog.app), readSources(resolve('.')));
  expect(file).toEqual(JSON.parse(JSON.stringify(described)));
});
