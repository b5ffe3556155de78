import { ScmPublishRequest } from './scm-publish';
import { validate } from './validation';

const finding = { ruleId: 'r', severity: 'high', message: 'm', path: 'src/a.ts', startLine: 3 };
const request = {
  owner: 'acme',
  repository: 'shop',
  pullRequestNumber: 7,
  headSha: 'a'.repeat(40),
  source: { findings: [finding] },
  show: { comment: true },
};

function errorsOf(input: object): string[] {
  const checked = validate(ScmPublishRequest, input);
  return checked.ok ? [] : checked.errors.map(({ field, message }) => `${field}: ${message}`);
}
const withFinding = (overrides: object) => ({ ...request, source: { findings: [{ ...finding, ...overrides }] } });

describe('a publish request', () => {
  it('gets its defaults, including each missing policy', () => {
    expect(validate(ScmPublishRequest, { ...request, policies: { closed: 'post' } })).toMatchObject({
      ok: true,
      value: {
        title: 'Scan results',
        maxInline: 30,
        ascii: false,
        show: { comment: true, inline: false },
        policies: { outdated: 'resolve', closed: 'post', draft: 'post', locked: 'skip', expectHeadSha: true },
      },
    });
  });

  it('accepts findings with null for a missing file, line or other optional field', () => {
    expect(errorsOf(withFinding({ path: null, startLine: null, endLine: null, cwe: null }))).toEqual([]);
    expect(errorsOf(withFinding({ ruleId: null }))).toContainEqual(expect.stringMatching(/ruleId: must be a string/));
  });

  it('needs no pull request for what is shown on the commit', () => {
    const { pullRequestNumber: _, ...rest } = request;
    expect(errorsOf({ ...rest, show: { status: { context: 'scan' } } })).toEqual([]);
    expect(errorsOf(rest)).toContainEqual(expect.stringMatching(/^pullRequestNumber: /));
    expect(errorsOf({ ...rest, show: { inline: true } })).toContainEqual(expect.stringMatching(/^pullRequestNumber: /));
  });

  it.each<[string, object, RegExp]>([
    ['no source', { ...request, source: {} }, /^source: must have exactly one of findings, sarif/],
    ['two sources', { ...request, source: { sarif: {}, rdjson: {} } }, /^source: must have exactly one of/],
    ['a list of sources', { ...request, source: [] }, /^source: /],
    ['nothing to show', { ...request, show: { comment: false } }, /^show: must have at least one of/],
    [
      'an unknown field',
      { ...request, show: { comment: true, sms: true } },
      /^show\.sms: is not a known field; known are comment, /,
    ],
    ['too many remarks', { ...request, maxInline: 101 }, /^maxInline: /],
    ['an unknown policy', { ...request, policies: { closed: 'reopen' } }, /^policies\.closed: /],
    ['an abbreviated commit sha', { ...request, headSha: 'abc' }, /^headSha: must be a full commit sha/],
    ['a javascript: link', { ...request, evidence: { reportUrl: 'javascript:alert(1)' } }, /^evidence\.reportUrl: /],
    [
      'a javascript: link in a finding',
      withFinding({ helpUri: 'javascript:alert(1)' }),
      /^source\.findings\[0\]\.helpUri: /,
    ],
    ['line 0', withFinding({ startLine: 0 }), /^source\.findings\[0\]\.startLine: must not be less than 1/],
    ['a negative line', withFinding({ startLine: -1 }), /^source\.findings\[0\]\.startLine: must not be less than 1/],
    [
      'an end before the start',
      withFinding({ endLine: 2 }),
      /^source\.findings\[0\]\.endLine: must not be less than startLine/,
    ],
    [
      'an end without a start',
      withFinding({ startLine: undefined, endLine: 2 }),
      /^source\.findings\[0\]\.startLine: /,
    ],
    [
      'a line without a file',
      withFinding({ path: undefined }),
      /^source\.findings\[0\]\.path: must be a relative path/,
    ],
    ['an unknown severity', withFinding({ severity: 'fatal' }), /^source\.findings\[0\]\.severity: must be one of/],
    ['an empty path', withFinding({ path: '' }), /^source\.findings\[0\]\.path: must be a relative path/],
    [
      'a path that leads out of the repository',
      withFinding({ path: 'src/../../x' }),
      /^source\.findings\[0\]\.path: must be a relative path/,
    ],
    [
      'a path with characters that reverse the text',
      withFinding({ path: 'a\u202ets.exe' }),
      /^source\.findings\[0\]\.path: /,
    ],
    [
      'a NUL character',
      withFinding({ message: 'a\u0000' }),
      /^source\.findings\[0\]\.message: must not contain the NUL/,
    ],
    ['an unknown level', { ...request, severityLevels: { low: 'error' } }, /^severityLevels\.low: must be one of/],
    [
      '100,000 findings',
      { ...request, source: { findings: Array.from({ length: 100_000 }, () => finding) } },
      /^source\.findings: must contain no more than 10000/,
    ],
    [
      'a vulnerability without a package',
      { ...request, source: { stella: { vulnerabilities: [{ id: 'x', severity: 'low' }] } } },
      /^source\.stella\.vulnerabilities\[0\]\.package: /,
    ],
    ['a scan without vulnerabilities', { ...request, source: { stella: {} } }, /^source\.stella\.vulnerabilities: /],
    [
      'an invalid digest',
      { ...request, evidence: { digest: 'latest' } },
      /^evidence\.digest: must be written as sha256/,
    ],
  ])('is refused with the name of the field: %s', (_, input, error) => {
    expect(errorsOf(input)).toContainEqual(expect.stringMatching(error));
  });
});
