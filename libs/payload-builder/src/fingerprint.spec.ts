import { compareRuns } from './changes';
import { type FoundIssue, NOTHING_MORE } from './finding';
import { fingerprinted } from './fingerprint';

const issue = (overrides: Partial<FoundIssue> = {}): FoundIssue => ({
  ...NOTHING_MORE,
  ruleId: 'no-eval',
  severity: 'high',
  title: 'No eval',
  message: 'eval is used, see line 12',
  path: 'src/a.ts',
  startLine: 3,
  endLine: 3,
  ...overrides,
});
const printsOf = (...issues: FoundIssue[]) => fingerprinted(issues).map(({ fingerprint }) => fingerprint);

describe('a fingerprint', () => {
  it('stays the same when lines shift, in the location and in the message', () => {
    const shifted = issue({ startLine: 90, endLine: 91, startColumn: 4, message: 'eval is used,  see line 99' });
    expect(printsOf(shifted)).toEqual(printsOf(issue()));
  });

  it.each([
    ['commit', '1a2b3c4d5e6f708192a3b4c5d6e7f80910aabbcc', 'ffeeddccbbaa99887766554433221100ffeeddcc'],
    ['image', `sha256:${'a1'.repeat(32)}`, `sha256:${'b2'.repeat(32)}`],
  ])('stays the same when the message names another %s', (_, before, after) => {
    const found = (hash: string) => printsOf(issue({ message: `found in .env at ${hash}.` }));
    expect(found(after)).toEqual(found(before));
    expect(found('feedface')).not.toEqual(found('deadbeef'));
  });

  it.each<[string, Partial<FoundIssue>]>([
    ['rule', { ruleId: 'no-new-func' }],
    ['file', { path: 'src/b.ts' }],
    ['message', { message: 'eval is called' }],
    ['package', { package: 'xz' }],
    ['identifier', { identifiers: ['CVE-2024-3094'] }],
  ])('differs for another %s', (_, other) => {
    expect(printsOf(issue(other))).not.toEqual(printsOf(issue()));
  });

  it('is distinct for each of several identical findings, and the same for each in the next run', () => {
    const first = printsOf(issue(), issue({ startLine: 7 }), issue({ startLine: 9 }));
    const second = printsOf(issue({ startLine: 29 }), issue({ startLine: 23 }), issue({ startLine: 27 }));
    expect(new Set(first).size).toBe(3);
    expect(second).toEqual(first);
  });

  it('is derived from the scanner’s own fingerprint if there is one, whatever the message', () => {
    expect(printsOf(issue({ ownFingerprint: 'x', message: 'reworded' }))).toEqual(
      printsOf(issue({ ownFingerprint: 'x' })),
    );
  });
});

describe('compareRuns', () => {
  const report = (...issues: FoundIssue[]) => ({
    findings: fingerprinted(issues),
    suppressed: 0,
    gone: 0,
    incomplete: false,
    errors: 0,
    evidence: {},
  });

  it('counts new, fixed and unchanged findings', () => {
    const previous = new Set(printsOf(issue(), issue({ ruleId: 'gone' })));
    const changes = compareRuns(report(issue({ startLine: 8 }), issue({ ruleId: 'fresh' })), previous);
    expect(changes?.counts).toEqual({ new: 1, fixed: 1, unchanged: 1 });
  });

  it("trusts the scanner's comparison when it knows no previous run", () => {
    const both = report(issue({ baseline: 'new' }), issue({ ruleId: 'old', baseline: 'unchanged' }));
    expect(compareRuns({ ...both, gone: 4 }, null)?.counts).toEqual({ new: 1, fixed: 4, unchanged: 1 });
    expect(compareRuns(report(issue()), null)).toBeNull();
  });
});
