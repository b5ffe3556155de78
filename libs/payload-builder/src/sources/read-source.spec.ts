import type { ScmPublishSource } from '@integrations/contracts';
import { processorTime } from '../../../../test/support/processor-time';
import { readSource } from './read-source';

const location = (uri: string, region: object = { startLine: 1 }, more: object = {}) => ({
  physicalLocation: { artifactLocation: { uri, ...more }, region },
});
const log = (run: object, version = '2.1.0') => ({ version, runs: [{ tool: { driver: { name: 'Tool' } }, ...run }] });
const result = (more: object = {}) => ({ ruleId: 'r', message: { text: 'm' }, ...more });
const at = (...locations: object[]) => log({ results: locations.map((place) => result({ locations: [place] })) });

function errorsOf(source: ScmPublishSource): [string, string][] {
  const read = readSource(source);
  return read.ok ? [] : read.errors.map(({ field, message }) => [field, message]);
}

function read(source: ScmPublishSource) {
  const answer = readSource(source);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.report;
}

describe('hostile SARIF', () => {
  const slashes = `${'/'.repeat(60_000)}x`;

  it.each([
    ['root', { B: { uri: slashes } }, location('/b')],
    ['base', { B: { uri: `b${slashes}` } }, location('a', { startLine: 1 }, { uriBaseId: 'B' })],
  ])('is read in time linear to its length, even with a %s of many slashes', (_, originalUriBaseIds, place) => {
    const spent = processorTime();
    readSource({ sarif: log({ originalUriBaseIds, results: [result({ locations: [place] })] }) });
    expect(spent()).toBeLessThan(1_000);
  });
});

describe('invalid SARIF', () => {
  const FIRST = 'source.sarif.runs[0].results[0]';
  const REGION = `${FIRST}.locations[0].physicalLocation.region`;
  const URI = `${FIRST}.locations[0].physicalLocation.artifactLocation.uri`;

  it.each<[string, object, string]>([
    ['of another version', log({}, '2.0.0'), 'source.sarif.version'],
    ['without runs', { version: '2.1.0' }, 'source.sarif.runs'],
    ['with runs that are not a list', { version: '2.1.0', runs: {} }, 'source.sarif.runs'],
    ['without the name of a tool', { version: '2.1.0', runs: [{}] }, 'source.sarif.runs[0].tool.driver.name'],
    ['with results that are not a list', log({ results: 'none' }), 'source.sarif.runs[0].results'],
    [
      'with results in another file',
      log({ externalPropertyFileReferences: { results: [{ guid: 'g' }] } }),
      'source.sarif.runs[0].externalPropertyFileReferences.results',
    ],
    ['with a result that is not an object', log({ results: [7] }), FIRST],
    ['without a message', log({ results: [{ ruleId: 'r' }] }), `${FIRST}.message`],
    ['with line 0', at(location('a', { startLine: 0 })), `${REGION}.startLine`],
    ['with a negative line', at(location('a', { startLine: -4 })), `${REGION}.startLine`],
    ['with a fractional line', at(location('a', { startLine: 1.5 })), `${REGION}.startLine`],
    ['with a line as a string', at(location('a', { startLine: '1' })), `${REGION}.startLine`],
    ['with a line beyond the limit of vendors', at(location('a', { startLine: 2 ** 31 })), `${REGION}.startLine`],
    ['with an end line beyond that limit', at(location('a', { startLine: 1, endLine: 2 ** 31 })), `${REGION}.endLine`],
    ['with an end before its start', at(location('a', { startLine: 9, endLine: 8 })), `${REGION}.endLine`],
    ['with an unknown level', log({ results: [result({ level: 'fatal' })] }), `${FIRST}.level`],
    ['with an unknown kind', log({ results: [result({ kind: 'odd' })] }), `${FIRST}.kind`],
    ['with a blank path', at(location(' ')), URI],
    ['with an overlong path', at(location('a/'.repeat(2_100))), URI],
    ['with an overlong path that normalises to a short one', at(location(`${'a/../'.repeat(2_000)}b`)), URI],
    [
      'with an overlong base',
      log({ originalUriBaseIds: { B: { uri: `file:///${'a/'.repeat(5_000)}` } }, results: [] }),
      'source.sarif.runs[0].originalUriBaseIds.B.uri',
    ],
    ['with a path with characters that reverse the text', at(location('a%E2%80%AEts.exe')), URI],
    ['with a NUL in a path', at(location('a%00b')), URI],
    [
      'with an unknown suppression status',
      log({ results: [result({ suppressions: [{ status: 'odd' }] })] }),
      `${FIRST}.suppressions[0].status`,
    ],
  ])('is refused with the name of the field: %s', (_, sarif, field) => {
    expect(errorsOf({ sarif }).map(([name]) => name)).toContain(field);
  });

  it('names each field once', () => {
    expect(errorsOf({ sarif: log({ results: [{ ruleId: 'r', message: 'text' }] }) })).toEqual([
      [`${FIRST}.message`, 'must be an object'],
    ]);
  });

  it('names only the version when the version is unsupported', () => {
    const runs = [{ tool: { name: 'Roslyn' }, results: [{ ruleId: 'r', message: 'text' }] }];
    expect(errorsOf({ sarif: { version: '1.0.0', runs } })).toEqual([['source.sarif.version', 'must be 2.1.0']]);
  });

  it('names at most fifty fields', () => {
    const sarif = log({ results: Array.from({ length: 200 }, () => 7) });
    expect(errorsOf({ sarif }).length).toBeLessThanOrEqual(50);
  });

  it('is refused with more than 10,000 findings in all its runs', () => {
    const runs = [0, 1].map(() => ({
      tool: { driver: { name: 'T' } },
      results: Array.from({ length: 5_001 }, () => result()),
    }));
    expect(errorsOf({ sarif: { version: '2.1.0', runs } })).toEqual([
      ['source', 'contains 10002 findings; at most 10000 can be published at once'],
    ]);
  });
});

describe('a SARIF run', () => {
  const failed = { executionSuccessful: false };
  it.each<[string, object, boolean]>([
    ['that found nothing', { results: [] }, false],
    ['that says that it succeeded', { results: [], invocations: [{ executionSuccessful: true }] }, false],
    ['one of whose invocations failed', { results: [], invocations: [{ executionSuccessful: true }, failed] }, true],
    ['that could not be started', { results: null }, true],
    ['without results', {}, true],
  ])('%s is incomplete: %s', (_, run, incomplete) => {
    expect(read({ sarif: log(run) }).incomplete).toBe(incomplete);
  });
});

describe('the errors reported in a SARIF run', () => {
  const [error, warning] = ['error', 'warning'].map((level) => ({ level, message: { text: 'a.py is not Python' } }));

  it('are counted, whatever they are about, and do not make the run incomplete', () => {
    const invocations = [
      { executionSuccessful: true, toolExecutionNotifications: [error, warning, {}] },
      { executionSuccessful: true, toolConfigurationNotifications: [error] },
    ];
    expect(read({ sarif: log({ results: [], invocations }) })).toMatchObject({ errors: 2, incomplete: false });
    expect(read({ sarif: log({ results: [] }) }).errors).toBe(0);
  });
});

describe('a SARIF log without a run', () => {
  it('is incomplete, because nothing was scanned', () => {
    expect(read({ sarif: { version: '2.1.0', runs: [] } })).toMatchObject({ incomplete: true, findings: [] });
  });
});

describe('the baseline state of a SARIF result', () => {
  it.each<[string | undefined, string | null]>([
    ['new', 'new'],
    ['unchanged', 'unchanged'],
    ['updated', 'unchanged'],
    [undefined, null],
  ])('%s is read as %s', (baselineState, baseline) => {
    expect(read({ sarif: log({ results: [result({ baselineState })] }) }).findings[0]?.baseline).toBe(baseline);
  });

  it.each(['pass', 'notApplicable'])('does not matter for kind %s, which is not a finding', (kind) => {
    expect(read({ sarif: log({ results: [result({ kind })] }) }).findings).toEqual([]);
  });
});

describe('the message of a SARIF result', () => {
  const rules = [{ id: 'r', messageStrings: { own: { text: 'own {0}' }, both: { text: 'own' } } }];
  const globalMessageStrings = { shared: { text: "shared '{0}' {{0}}" }, both: { text: 'shared' } };
  const tool = {
    driver: { name: 'T', rules, globalMessageStrings },
    extensions: [{ name: 'E', rules: [{ id: 'x' }], globalMessageStrings: { shared: { text: 'extended' } } }],
  };

  it.each<[string, object, string]>([
    ['its rule', { message: { id: 'own', arguments: ['a'] } }, 'own a'],
    ['its rule before the component', { message: { id: 'both' } }, 'own'],
    ['the component of its rule', { message: { id: 'shared', arguments: ['a'] } }, "shared 'a' {0}"],
    ['an extension', { ruleId: 'x', message: { id: 'shared' } }, 'extended'],
    [
      'the driver when the result has no rule',
      { ruleId: 'y', message: { id: 'shared', arguments: ['a'] } },
      "shared 'a' {0}",
    ],
  ])('is taken from %s', (_, more, message) => {
    expect(read({ sarif: log({ tool, results: [result(more)] }) }).findings[0]?.message).toBe(message);
  });
});

// 1 MiB can hold a rule of half that size and ten thousand results of it. Uncut, the texts would take gigabytes.
describe('a text that a source gives once for many findings', () => {
  const LONG = 'long words '.repeat(10_000);
  const MOST = 2_000;
  const rule = {
    id: 'r',
    shortDescription: { text: LONG },
    fullDescription: { text: LONG },
    helpUri: `https://example.com/${'a'.repeat(MOST)}`,
    messageStrings: { own: { text: LONG }, repeating: { text: '{0}'.repeat(100_000) } },
  };
  const driver = { name: 'T', rules: [rule], globalMessageStrings: { shared: { text: LONG } } };
  const found = (more: object) => read({ sarif: log({ tool: { driver }, results: [result(more)] }) }).findings[0];

  it.each(['own', 'shared', 'unknown'])('is cut in a message: %s', (id) => {
    expect(found({ message: { id } })?.message).toHaveLength(MOST);
  });

  it.each([
    ['a', `${'a'.repeat(1_990)} ghp_${'x'.repeat(40)}`, 'a'.repeat(1_990) + ' '],
    ['语', `${'语'.repeat(1_990)}hunter2hunter2hunter2`, '语'.repeat(1_990)],
    ['words', `${'words '.repeat(400)}`, 'words '.repeat(400).slice(0, MOST)],
  ])('is not cut through a possible secret, half of which could not be recognised: after %s', (_, text, kept) => {
    const messageStrings = { own: { text } };
    const driver = { name: 'T', rules: [{ id: 'r', messageStrings }] };
    const results = [result({ message: { id: 'own' } })];
    expect(read({ sarif: log({ tool: { driver }, results }) }).findings[0]?.message).toBe(kept.trim());
  });

  it('is not cut through a possible secret that a placeholder repeats', () => {
    const secret = `ghp_${'x'.repeat(40)}`;
    const results = [result({ message: { text: '{0} '.repeat(200), arguments: [secret] } })];
    const message = read({ sarif: log({ tool: { driver: { name: 'T' } }, results }) }).findings[0]?.message;
    expect(message).toBe(`${secret} `.repeat(63).trim());
  });

  it('is cut in a title, and a link that is too long is dropped', () => {
    expect(found({})).toMatchObject({ title: LONG.slice(0, MOST), helpUri: null, message: 'm' });
  });

  it("is cut in the id of a rule, which the tool's name replaces in rdjson", () => {
    const driverOf = (id: string) => ({ name: 'T', rules: [{ id }] });
    const tool = { driver: driverOf(LONG) };
    const sarif = log({ tool, results: [{ ruleIndex: 0, message: { text: 'm' } }] });
    const rdjson = { source: { name: LONG }, diagnostics: [{ message: 'm' }] };
    for (const source of [{ sarif }, { rdjson }]) expect(read(source).findings[0]?.ruleId).toHaveLength(MOST);
  });

  it('repeats a value only as far as there is room', () => {
    const value = 'v'.repeat(10_000);
    const { message = '' } = found({ message: { id: 'repeating', arguments: [value] } }) ?? {};
    expect(message.length).toBe(MOST + MOST + value.length);
  });

  it('is read once when it is the path of a listed file', () => {
    const results = Array.from({ length: 3 }, () =>
      result({ locations: [{ physicalLocation: { artifactLocation: { index: 0 } } }] }),
    );
    const listing = (uri: string) => ({ sarif: log({ results, artifacts: [{ location: { uri } }] }) });
    expect(read(listing('src/a.ts')).findings.map(({ path }) => path)).toEqual(['src/a.ts', 'src/a.ts', 'src/a.ts']);
    expect(errorsOf(listing('a%00')).map(([field]) => field)).toEqual([
      'source.sarif.runs[0].artifacts[0].location.uri',
    ]);
  });

  it('is kept whole when each result gives it itself', () => {
    expect(found({ message: { text: `${LONG}{0}, {0}`, arguments: [LONG] } })?.message).toHaveLength(
      // The whole value once, and the second time only as much as fits.
      LONG.length + '{0}, {0}'.length + LONG.length + MOST,
    );
    expect(found({ message: { text: `${LONG}{0}`, arguments: [LONG] } })?.message).toBe(`${LONG}${LONG}`.trim());
  });
});

describe('the severity of a SARIF result', () => {
  const severityOf = (more: object, rule: object = {}) =>
    read({
      sarif: log({ tool: { driver: { name: 'T', rules: [{ id: 'r', ...rule }] } }, results: [result(more)] }),
    }).findings[0]?.severity;

  it.each<[string, object, object, string]>([
    ['its level', { level: 'error' }, { defaultConfiguration: { level: 'note' } }, 'high'],
    ['the level of its rule', {}, { defaultConfiguration: { level: 'note' } }, 'low'],
    ['medium by default, like a warning, as the specification says', {}, {}, 'medium'],
    ['none', { level: 'none' }, {}, 'none'],
    ['the score of its rule', { level: 'note' }, { properties: { 'security-severity': '9.8' } }, 'critical'],
    ['its own score', {}, { properties: { 'security-severity': '9.8' } }, 'critical'],
    ...[9, 8.9, 7, 6.9, 4, 3.9, 0.1, 0, -1, 10.1].map((score, index): [string, object, object, string] => [
      `that of a score of ${score}, which is none beyond 0 and 10`,
      { properties: { 'security-severity': String(score) } },
      {},
      ['critical', 'high', 'high', 'medium', 'medium', 'low', 'low', 'none', 'medium', 'medium'][index]!,
    ]),
    ['its level when the score is blank', { level: 'note' }, { properties: { 'security-severity': ' ' } }, 'low'],
    [
      'its level when the score is not a number',
      { level: 'error' },
      { properties: { 'security-severity': 'high' } },
      'high',
    ],
    ['info for a kind that does not fail', { kind: 'review', level: 'error' }, {}, 'info'],
    ['info for kind open', { kind: 'open' }, { defaultConfiguration: { level: 'error' } }, 'info'],
    ['its level for kind open with a level', { kind: 'open', level: 'error' }, {}, 'high'],
    [
      'its score for kind open with a level',
      { kind: 'open', level: 'note' },
      { properties: { 'security-severity': '5' } },
      'medium',
    ],
    [
      'info for kind open with level none, whatever its score',
      { kind: 'open', level: 'none' },
      { properties: { 'security-severity': '9.5' } },
      'info',
    ],
  ])('is %s', (_, more, rule, severity) => expect(severityOf(more, rule)).toBe(severity));

  it.each([
    ['its own over that of the rule', '5.0', 'medium'],
    ['an unreadable score is ignored', 'x', 'critical'],
  ])('prefers the score of the result: %s', (_, score, severity) => {
    const properties = { 'security-severity': score };
    expect(severityOf({ properties }, { properties: { 'security-severity': '9.1' } })).toBe(severity);
  });
});

describe('the level that an invocation gives a rule', () => {
  const tool = {
    driver: { name: 'T', rules: [{ id: 'r', defaultConfiguration: { level: 'note' } }] },
    extensions: [{ name: 'E', rules: [{ id: 'x' }] }],
  };
  const giving = (level: string | undefined, descriptor: object) => ({
    ruleConfigurationOverrides: [{ descriptor, configuration: { level } }],
  });
  const error = giving('error', { id: 'r' });
  const first = { provenance: { invocationIndex: 0 } };

  it.each<[string, object[], object, string]>([
    ["overrides the rule's own level", [error], {}, 'high'],
    ['applies to a rule named by its index', [giving('error', { index: 0 })], {}, 'high'],
    [
      'applies to a rule of an extension',
      [giving('error', { index: 0, toolComponent: { index: 0 } })],
      { ruleId: 'x' },
      'high',
    ],
    ['yields to the level of the result', [error], { level: 'warning' }, 'medium'],
    ['may be absent', [giving(undefined, { id: 'r' })], {}, 'low'],
    ['does not apply to another rule', [giving('error', { id: 'x' })], {}, 'low'],
    ['applies when the result names its invocation', [error, {}], first, 'high'],
    ['does not apply to a result of another invocation', [{}, error], first, 'low'],
    ['does not apply when the result names none of several invocations', [error, {}], {}, 'low'],
  ])('%s', (_, invocations, more, severity) => {
    expect(read({ sarif: log({ tool, invocations, results: [result(more)] }) }).findings[0]?.severity).toBe(severity);
  });
});

describe('the place of a SARIF result', () => {
  const pathsOf = (sarif: object, root?: string) =>
    read(root === undefined ? { sarif } : { sarif, root }).findings.map(({ path }) => path);

  it.each<[string, string, string | undefined, string | null]>([
    ['relative', 'src/a.ts', undefined, 'src/a.ts'],
    ['with dots', './src/x/../a.ts', undefined, 'src/a.ts'],
    ['encoded', 'src/a%20b%23.ts', undefined, 'src/a b#.ts'],
    ['with a percent sign that encodes nothing', 'src/100%/a%20b.ts', undefined, 'src/100%/a b.ts'],
    ['with octets that are not UTF-8', 'src/a%ff.ts', undefined, 'src/a%ff.ts'],
    ['with backslashes', 'src\\a.ts', undefined, 'src/a.ts'],
    ['absolute below the root', 'file:///w/shop/src/a.ts', '/w/shop', 'src/a.ts'],
    ['absolute below a root with a slash', 'file:///w/shop/src/a.ts', 'file:///w/shop/', 'src/a.ts'],
    ['absolute on Windows', 'file:///C:/w/src/a.ts', 'c:\\w', 'src/a.ts'],
    ['absolute below a root with a percent sign', 'file:///w/a%252Fb/src/a.ts', '/w/a%2Fb', 'src/a.ts'],
    [
      'absolute below a root that is written encoded',
      'file:///w/my%20shop/src/a.ts',
      'file:///w/my%20shop',
      'src/a.ts',
    ],
    ['absolute beside the root', 'file:///w/shop2/a.ts', '/w/shop', null],
    ['absolute without a root', '/w/shop/a.ts', undefined, null],
    ['that leads out of the repository', 'src/../../etc/passwd', '/w/shop', null],
    ['that leads out of the repository by encoded characters', '..%2f..%2fetc/passwd', '/w/shop', null],
    ['that leads out of the root', '/w/shop/../../etc/passwd', '/w/shop', null],
    ['that leads out of the root and back to its name', '/w/shop/../w/shop/a.ts', '/w/shop', null],
    ['that climbs to the root', '../../w/shop/src/a.ts', '/w/shop', 'src/a.ts'],
    ['that climbs to the root from the current directory', './../.././../w/shop/src/a.ts', '/w/shop', 'src/a.ts'],
    ['that leads out from the current directory', './../../etc/passwd', '/w/shop', null],
    ['that climbs to the root and leads out again', '../../w/shop/../etc/passwd', '/w/shop', null],
    ['that climbs to the root only by a detour', 'x/../../w/shop/a.ts', '/w/shop', null],
    ['that climbs while the root is unknown', '../../w/shop/src/a.ts', undefined, null],
    ['on the web', 'https://a.example/a.ts', undefined, null],
    ['of an image', 'pkg:npm/left-pad@1.0.0', undefined, null],
  ])('%s', (_, uri, root, path) => expect(pathsOf(at(location(uri)), root)).toEqual([path]));

  it('has no line when its region has only offsets, and line 1 by default', () => {
    const { findings } = read({ sarif: at(location('a', { charOffset: 7 }), location('b', undefined)) });
    expect(findings).toMatchObject([
      { path: 'a', startLine: null, endLine: null },
      { path: 'b', startLine: 1 },
    ]);
  });

  it.each<[object, number]>([
    [{ startLine: 5, endLine: 6, endColumn: 1 }, 5],
    [{ startLine: 5, endLine: 6, endColumn: 2 }, 6],
    [{ startLine: 5, endLine: 6 }, 6],
    [{ startLine: 5, startColumn: 1, endColumn: 1 }, 5],
  ])('of %j ends in line %i', (region, endLine) => {
    expect(read({ sarif: at(location('a', region)) }).findings[0]).toMatchObject({ startLine: 5, endLine });
  });

  it.each<[string, object[], number]>([
    ['none was counted', [{ startColumn: 1, endColumn: 1 }], 6],
    [
      'another region has one',
      [
        { startColumn: 1, endColumn: 1 },
        { startColumn: 2, endColumn: 3 },
      ],
      5,
    ],
    ['another region has none', [{ startColumn: 1, endColumn: 1 }, {}], 5],
  ])('ends before column 1, except when every region has column 1: %s', (_, columns, endLine) => {
    const sarif = at(...columns.map((more) => location('a', { startLine: 5, endLine: 6, ...more })));
    expect(read({ sarif }).findings.find(({ startColumn }) => startColumn === 1)).toMatchObject({
      startLine: 5,
      endLine,
    });
  });

  describe('relative to a base', () => {
    const pathOn = (bases: object, baseId: string, root?: string) => {
      const locations = [location('a.ts', {}, { uriBaseId: baseId })];
      return pathsOf(log({ originalUriBaseIds: bases, results: [result({ locations })] }), root)[0];
    };
    const BASES = {
      ROOT: { uri: 'file:///w/shop/' },
      APP: { uri: 'file:///w/shop/app/' },
      LIB: { uri: 'lib/', uriBaseId: 'APP' },
    };

    it.each<[string, object, string, string | undefined, string | null]>([
      ['that is the root', BASES, 'ROOT', '/w/shop', 'a.ts'],
      ['below the root', BASES, 'APP', '/w/shop', 'app/a.ts'],
      ['that is relative to another base below the root', BASES, 'LIB', '/w/shop', 'app/lib/a.ts'],
      ['that is taken for the root when the root is unknown', BASES, 'APP', undefined, 'a.ts'],
      ['that is outside the root', BASES, 'APP', '/somewhere/else', 'a.ts'],
      ['that is not defined', {}, 'APP', '/w/shop', 'a.ts'],
      ['that is written as a path', { APP: { uri: 'file:///w/shop/100%/' } }, 'APP', '/w/shop', '100%/a.ts'],
      ['that has no URI', { APP: {} }, 'APP', '/w/shop', 'a.ts'],
      ['with a percent sign', { APP: { uri: 'file:///w/a%252Fb/app' } }, 'APP', '/w/a%2Fb', 'app/a.ts'],
    ])('%s', (_, bases, baseId, root, path) => expect(pathOn(bases, baseId, root)).toBe(path));
  });

  it('survives a cycle of bases', () => {
    const originalUriBaseIds = { A: { uri: 'a/', uriBaseId: 'B' }, B: { uri: 'b/', uriBaseId: 'A' } };
    const places = [location('x', {}, { uriBaseId: 'A' })];
    expect(() => pathsOf(log({ originalUriBaseIds, results: [result({ locations: places })] }))).not.toThrow();
  });
});

describe('rdjson', () => {
  it('has plain paths, not URIs, and so has the root', () => {
    const rdjson = { diagnostics: [{ message: 'm', location: { path: '/w/a%2Fb/src/100%.ts' } }] };
    expect(read({ rdjson, root: '/w/a%2Fb' }).findings[0]?.path).toBe('src/100%.ts');
  });

  it('ends in the line before when its range ends at the start of the next line', () => {
    const range = { start: { line: 2 }, end: { line: 3, column: 1 } };
    const rdjson = { diagnostics: [{ message: 'm', location: { path: 'a', range } }] };
    expect(read({ rdjson }).findings[0]).toMatchObject({ startLine: 2, endLine: 2 });
  });

  it.each(['related_locations', 'relatedLocations'])('has related locations: %s', (name) => {
    const related = [{ message: 'there', location: { path: 'b', range: { start: { line: 4 } } } }];
    const rdjson = { diagnostics: [{ message: 'm', [name]: related }] };
    expect(read({ rdjson }).findings[0]?.related).toEqual([{ path: 'b', line: 4, text: 'there' }]);
  });

  it('has no file when its path leads out of the root', () => {
    const diagnostics = ['../a', '../../w/shop/a'].map((path) => ({ message: 'm', location: { path } }));
    expect(read({ rdjson: { diagnostics }, root: '/w/shop' }).findings.map(({ path }) => path)).toEqual([null, 'a']);
  });

  it('has no file when its path is empty, and no column when its column is 0', () => {
    const range = { start: { line: 2, column: 0 } };
    const diagnostics = ['', 'a'].map((path) => ({ message: 'm', location: { path, range } }));
    expect(read({ rdjson: { diagnostics } }).findings).toMatchObject([
      { path: null, startLine: null },
      { path: 'a', startLine: 2, startColumn: null },
    ]);
  });

  const diagnostic = {
    message: 'm',
    location: { path: 'src/a.ts', range: { start: { line: 3, column: 2 }, end: { line: 4 } } },
    severity: 'ERROR',
    code: { value: 'r', url: 'https://a.example/r' },
    suggestions: [{ text: 'x' }],
  };

  it('is read completely', () => {
    const { findings } = read({
      rdjson: { source: { name: 'tool' }, diagnostics: [diagnostic, { message: 'n', severity: 3 }] },
    });
    expect(findings).toMatchObject([
      {
        ruleId: 'r',
        severity: 'high',
        path: 'src/a.ts',
        startLine: 3,
        endLine: 4,
        suggestion: 'x',
        helpUri: 'https://a.example/r',
      },
      { ruleId: 'tool', severity: 'low', path: null, message: 'n' },
    ]);
  });

  it.each<[string, unknown, unknown, string]>([
    ['the severity of the diagnostic', 'INFO', 'ERROR', 'low'],
    ['the severity of the whole result when the diagnostic has none', undefined, 'ERROR', 'high'],
    ['the severity of the whole result when its own is unknown', 'UNKNOWN_SEVERITY', 'ERROR', 'high'],
    ['the severity of the whole result when its own is unknown, given as a number', 0, 1, 'high'],
    ['severity info when both are unknown', 'UNKNOWN_SEVERITY', undefined, 'info'],
    ['severity medium, like a warning, when none is given', undefined, undefined, 'medium'],
  ])('has %s', (_, own, usual, severity) => {
    const rdjson = { severity: usual, diagnostics: [{ message: 'm', severity: own }] };
    expect(read({ rdjson }).findings[0]?.severity).toBe(severity);
  });

  it.each<[string, object, string]>([
    ['no diagnostics', {}, 'source.rdjson.diagnostics'],
    ['no message', { diagnostics: [{}] }, 'source.rdjson.diagnostics[0].message'],
    [
      'an unknown severity',
      { diagnostics: [{ message: 'm', severity: 'FATAL' }] },
      'source.rdjson.diagnostics[0].severity',
    ],
    [
      'a severity named like an inherited property',
      { diagnostics: [{ message: 'm', severity: 'toString' }] },
      'source.rdjson.diagnostics[0].severity',
    ],
    [
      'line 0',
      { diagnostics: [{ message: 'm', location: { path: 'a', range: { start: { line: 0 } } } }] },
      'source.rdjson.diagnostics[0].location.range.start.line',
    ],
    [
      'a path with characters that reverse the text',
      { diagnostics: [{ message: 'm', location: { path: 'a\u202ets.exe' } }] },
      'source.rdjson.diagnostics[0].location.path',
    ],
  ])('is refused with the name of the field for %s', (_, rdjson, field) => {
    expect(errorsOf({ rdjson }).map(([name]) => name)).toEqual([field]);
  });
});

describe('a Stella scan', () => {
  const vulnerability = {
    id: 'CVE-2024-3094',
    severity: 'critical',
    package: 'xz',
    installedVersion: '5.6.0',
    fixedVersion: '5.6.2',
  } as const;

  it('is read, and the evidence of the request overrides its own', () => {
    const stella = {
      evidence: { digest: 'sha256:a', policyVerdict: 'fail' },
      vulnerabilities: [vulnerability],
    } as const;
    const answer = readSource({ stella: { ...stella, vulnerabilities: [vulnerability] } }, { digest: 'sha256:b' });
    expect(answer).toMatchObject({
      ok: true,
      report: {
        evidence: { digest: 'sha256:b', policyVerdict: 'fail' },
        findings: [
          { ruleId: 'CVE-2024-3094', title: 'CVE-2024-3094 in xz', package: 'xz@5.6.0', fixedVersion: '5.6.2' },
        ],
      },
    });
  });

  it('recognises a vulnerability in another version of its package', () => {
    const printOf = (installedVersion: string) =>
      read({ stella: { vulnerabilities: [{ ...vulnerability, installedVersion }] } }).findings[0]?.fingerprint;
    expect(printOf('5.6.0')).toBe(printOf('5.6.1'));
  });

  it('distinguishes vulnerabilities by id and by package', () => {
    const prints = [{}, { id: 'CVE-2024-1' }, { package: 'liblzma' }].map(
      (other) => read({ stella: { vulnerabilities: [{ ...vulnerability, ...other }] } }).findings[0]?.fingerprint,
    );
    expect(new Set(prints).size).toBe(3);
  });

  it('shows all details of a vulnerability, and no version when none is given', () => {
    const said = { title: 'Backdoor', description: 'Malicious code', path: 'Dockerfile', cwe: 'CWE-506' } as const;
    const more = { ...said, url: 'https://a.example/xz', installedVersion: undefined };
    const { findings } = read({ stella: { vulnerabilities: [{ ...vulnerability, ...more }, vulnerability] } });
    expect(findings).toMatchObject([
      { message: 'CVE-2024-3094 in xz', path: null },
      {
        ...{ title: 'Backdoor', message: 'Malicious code', path: 'Dockerfile', startLine: null },
        ...{ helpUri: 'https://a.example/xz', identifiers: ['CWE-506'], package: 'xz' },
      },
    ]);
  });
});
