import { processorTime } from '../../../../test/support/processor-time';
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
it('A result with an empty URI has no file', () => {
  expect(findings([result({ locations: [location('')] })])).toMatchObject([{ path: null, startLine: null }]);
});

// https://github.com/r-lib/lintr/issues/2550
it.each([0, -1, '4', null])('A column %j is ignored', (startColumn) => {
  const [found] = findings([result({ locations: [location('a.tf', { startLine: 3, startColumn })] })]);
  expect(found).toMatchObject({ path: 'infra/a.tf', startLine: 3, startColumn: null });
});

describe('The weaknesses of a result', () => {
  const cwe = (id: string, name = 'CWE') => ({ id, toolComponent: { name } });
  const related = (...targets: object[]) => ({ relationships: targets.map((target) => ({ target })) });

  it.each<[string, object, object, string[]]>([
    [
      'its rule, by tags',
      { properties: { tags: ['security', 'external/cwe/cwe-079', 'CWE-80: XSS', 7] } },
      {},
      ['CWE-79', 'CWE-80'],
    ],
    ['its rule, by a list of its own', { properties: { cwe: ['CWE-89'] } }, {}, ['CWE-89']],
    [
      'its rule, by one word',
      { properties: { tags: ['security', 'external/cwe/cwe-605'], cwe: 'CWE-605' } },
      {},
      ['CWE-605'],
    ],
    ['its rule, by relationships', related(cwe('22'), cwe('CWE-120')), {}, ['CWE-22', 'CWE-120']],
    ['the result', {}, { taxa: [cwe('415', 'cwe')] }, ['CWE-415']],
    ['no other taxonomy', related(cwe('79', 'OWASP'), cwe('CAT001', 'Categories'), cwe('')), {}, []],
    ['no malformed value', { properties: { tags: 'security', cwe: { id: 1 } } }, {}, []],
  ])('are taken from %s', (_, rule, more, identifiers) => {
    expect(findings([result(more)], rule)[0]?.identifiers).toEqual(identifiers);
  });
});

describe('The message of a result', () => {
  const said = (message: object) => findings([result({ message })])[0]?.message;

  it.each<[string, object, string]>([
    ['keeps braces that are code', { text: 'expands ${{ github.head_ref }}' }, 'expands ${{ github.head_ref }}'],
    ['unescapes doubled braces when placeholders are filled', { text: '{{{0}}}', arguments: ['x'] }, '{x}'],
    [
      'replaces a link to a related location by its name',
      { text: 'from [here](1) to [there](2)' },
      'from here to there',
    ],
    [
      'replaces a link whose name has brackets',
      { text: String.raw`[para\[0\]\\spans](1) is` },
      String.raw`para[0]\spans is`,
    ],
    [
      'shows the address of a link',
      { text: 'Link: [CVE-1](https://a.example/1)' },
      'Link: CVE-1 (https://a.example/1)',
    ],
    [
      'shows a link once when its text is its address',
      { text: '[https://a.example](https://a.example)' },
      'https://a.example',
    ],
    [
      'keeps text that only resembles a link',
      { text: String.raw`Unnecessary escape: \[a](1), [b] (2), [](3)` },
      String.raw`Unnecessary escape: \[a](1), [b] (2), [](3)`,
    ],
  ])('%s', (_, message, text) => expect(said(message)).toBe(text));

  it.each<[string, object, string]>([
    ["the rule, when only the rule's text has placeholders", { text: 'Null' }, 'Null x in f().'],
    ['the result, when its text has placeholders', { text: 'Null {1}' }, 'Null f()'],
    ['the result, when the rule has no message with that id', { id: 'other', text: 'Null' }, 'Null'],
  ])('is taken from %s', (_, message, text) => {
    const rule = { messageStrings: { default: { text: 'Null {0} in {1}.' } } };
    const results = [result({ message: { id: 'default', arguments: ['x', 'f()'], ...message } })];
    expect(findings(results, rule)[0]?.message).toBe(text);
  });

  it('is read in time linear to its length, whatever is in brackets', () => {
    const spent = processorTime();
    for (const piece of ['[', '[\\', '[a](https:', '[\\]']) said({ text: piece.repeat(100_000) });
    expect(spent()).toBeLessThan(2_000);
  });
});

describe('The title of a rule', () => {
  it.each<[string, object, string]>([
    ['is what OSV-Scanner says after the id', { shortDescription: { text: 'r: Slow parsing' } }, 'Slow parsing'],
    ['is the id when Semgrep says no more', { shortDescription: { text: 'Semgrep Finding: r' } }, 'r'],
    ['is the name when the description is empty', { name: 'Secret', shortDescription: { text: '' } }, 'Secret'],
    ['is the description', { name: 'Sqli', shortDescription: { text: 'Never use r' } }, 'Never use r'],
    [
      'is the name when Nuclei appends a host',
      { name: 'Log4j', shortDescription: { text: 'Log4j (r) found on a' } },
      'Log4j',
    ],
  ])('%s', (_, rule, title) => expect(findings([result()], rule)[0]?.title).toBe(title));

  it("is the id when zizmor's name is only a part of it", () => {
    const rule = { id: 'zizmor/artipacked', name: 'artipacked' };
    expect(findings([result({ ruleId: rule.id })], rule)[0]?.title).toBe(rule.id);
  });
});

// https://semgrep.dev/docs/semgrep-appsec-platform/json-and-sarif#sarif
it('Fingerprints that are withheld or empty do not distinguish findings', () => {
  const fingerprints = { 'matchBasedId/v1': 'requires login', 'commitSha/v1': '' };
  const found = (...messages: string[]) =>
    findings(messages.map((text) => result({ message: { text }, fingerprints }))).map(({ fingerprint }) => fingerprint);
  expect(found('b')).toEqual([found('a', 'b')[1]]);
});

// https://github.com/gitleaks/gitleaks/blob/master/report/sarif.go
it('Fingerprints do not depend on the order in which a tool lists them', () => {
  const print = (...names: string[]) =>
    findings([result({ partialFingerprints: Object.fromEntries(names.map((name) => [name, `of ${name}`])) })])[0]
      ?.fingerprint;
  expect(print('a', 'b', 'c')).toBe(print('c', 'a', 'b'));
});

it('The commit data that gitleaks adds does not change the fingerprint of a secret', () => {
  const printOf = (commitSha: string, date: string) => {
    const partialFingerprints = { commitSha, email: 'a@b.example', author: 'A', date, commitMessage: commitSha };
    const message = { text: `r has detected secret for file a.env at commit ${commitSha}.` };
    return findings([result({ message, partialFingerprints, locations: [location('a.env')] })])[0]?.fingerprint;
  };
  expect(printOf('1a'.repeat(20), '2026-01-01T00:00:00Z')).toBe(printOf('2b'.repeat(20), '2026-02-02T00:00:00Z'));
});

describe('A related location', () => {
  const of = (uri: string, startLine: number, text?: string) => ({
    ...location(uri, { startLine }),
    ...(text === undefined ? {} : { message: { text } }),
  });

  it.each<[string, object, number]>([
    ['that is the line of the result and adds nothing is not shown', of('a.tf', 3), 0],
    ['that is the line of the result and repeats its message is not shown', of('a.tf', 3, 'unquoted'), 0],
    ['that is the line of the result and says more is shown', of('a.tf', 3, 'assigned here'), 1],
    ['on another line is shown', of('a.tf', 4), 1],
    ['in another file is shown', of('b.tf', 3, 'unquoted'), 1],
  ])('%s', (_, related, shown) => {
    const results = [
      result({ message: { text: 'is unquoted' }, locations: [location('a.tf')], relatedLocations: [related] }),
    ];
    expect(findings(results)[0]?.related).toHaveLength(shown);
  });

  it('is one of at most ten: of a flow, the first five and the last five', () => {
    const places = Array.from({ length: 30 }, (_, index) => of('a.tf', index + 10));
    const flow = [{ threadFlows: [{ locations: places.map((location) => ({ location })) }] }];
    const [related, ofFlow] = findings([
      result({ locations: [location('a.tf')], relatedLocations: places }),
      result({ locations: [location('b.tf')], codeFlows: flow }),
    ]).map((found) => found.related.map(({ line }) => line));
    expect(related).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(ofFlow).toEqual([10, 11, 12, 13, 14, 35, 36, 37, 38, 39]);
  });
});
