import { readSource } from './read-source';

const result = (more: object = {}) => ({ ruleId: 'r', message: { text: 'm' }, ...more });
const location = (uri: string, region: object = { startLine: 3 }) => ({
  physicalLocation: { artifactLocation: { uri, uriBaseId: 'ROOT' }, region },
});

/** The findings of a log with one run. */
function findings(results: readonly object[], rule: object = {}) {
  const tool = { driver: { name: 'T', rules: [{ id: 'r', ...rule }] } };
  const originalUriBaseIds = { ROOT: { uri: 'file:///w/shop/infra/' } };
  const read = readSource({
    sarif: { version: '2.1.0', runs: [{ tool, originalUriBaseIds, results }] },
    root: '/w/shop',
  });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.report.findings;
}

// https://github.com/aquasecurity/trivy/issues/8141
it('A result with an empty URI is of no file', () => {
  expect(findings([result({ locations: [location('')] })])).toMatchObject([{ path: null, startLine: null }]);
});

// https://github.com/r-lib/lintr/issues/2550
it.each([0, -1, '4', null])('A column %j is none', (startColumn) => {
  const [found] = findings([result({ locations: [location('a.tf', { startLine: 3, startColumn })] })]);
  expect(found).toMatchObject({ path: 'infra/a.tf', startLine: 3, startColumn: null });
});
