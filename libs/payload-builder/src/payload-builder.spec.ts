import type { ScmFinding } from '@integrations/contracts';
import { COMMON_LIMITS, readSource, type ScanReport } from './index';
import { PayloadBuilder, type PayloadOptions } from './payload-builder';

const finding = (overrides: Partial<ScmFinding> = {}): ScmFinding => ({
  ruleId: 'no-eval',
  severity: 'high',
  title: 'No eval',
  message: 'eval is used',
  path: 'src/a.ts',
  startLine: 3,
  ...overrides,
});

function reportOf(findings: ScmFinding[], more: Partial<ScanReport> = {}): ScanReport {
  const read = readSource({ findings });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return { ...read.report, ...more };
}

const build = (findings: ScmFinding[], options: Partial<PayloadOptions> = {}, more: Partial<ScanReport> = {}) =>
  new PayloadBuilder(reportOf(findings, more), { title: 'Scan', ...options });
const many = (count: number, overrides: (index: number) => Partial<ScmFinding> = () => ({})) =>
  Array.from({ length: count }, (_, index) => finding({ ruleId: `rule-${index}`, ...overrides(index) }));

describe('the conclusion', () => {
  it('is success without findings, and every text says so', () => {
    const builder = build([]);
    expect(builder.status()).toMatchObject({ state: 'success', description: 'No findings' });
    expect(builder.comment().text).toBe('### ✅ Scan: passed\n\nNo findings.');
    expect(builder.checkRun()).toMatchObject({ annotations: [], text: undefined });
  });

  it.each<[ScmFinding['severity'], PayloadOptions['failOn'], string]>([
    ['high', undefined, 'failure'],
    ['medium', undefined, 'success'],
    ['medium', 'medium', 'failure'],
    ['critical', 'never', 'success'],
    ['none', 'info', 'success'],
    ['info', 'info', 'failure'],
  ])('of a finding of severity %s with failOn %s is %s', (severity, failOn, conclusion) => {
    expect(build([finding({ severity })], { failOn }).conclusion).toBe(conclusion);
  });

  it.each<['pass' | 'warn' | 'fail', PayloadOptions['failOn'], string]>([
    ['pass', undefined, 'success'],
    ['fail', 'never', 'failure'],
    ['pass', 'high', 'failure'],
  ])('of a policy verdict %s with failOn %s is %s', (policyVerdict, failOn, conclusion) => {
    expect(build([finding()], { failOn }, { evidence: { policyVerdict } }).conclusion).toBe(conclusion);
  });
});

describe('an incomplete scan', () => {
  const incomplete = { incomplete: true };

  it('fails if findings could make it fail, and the status says why', () => {
    const builder = build([], {}, incomplete);
    expect(builder.status()).toMatchObject({ state: 'failure', description: 'Scan incomplete: No findings' });
    expect(builder.comment().text).toBe(
      '### ❌ Scan: failed, scan incomplete\n\nNo findings.\n\n**The scan did not complete: there may be more findings.**',
    );
  });

  it.each<[string, Partial<PayloadOptions>, Partial<ScanReport>]>([
    ['the caller sets failOn to never', { failOn: 'never' }, {}],
    ['the verdict of a policy decides', {}, { evidence: { policyVerdict: 'pass' } }],
  ])('passes when %s', (_, options, more) => {
    expect(build([], options, { ...incomplete, ...more }).conclusion).toBe('success');
  });

  it('reports no finding as fixed', () => {
    expect(build([], { previous: new Set(['known']) }, incomplete).changes).toBeNull();
  });
});

describe('the levels of annotations', () => {
  const levels = (options: Partial<PayloadOptions> = {}) => {
    const severities = ['critical', 'high', 'medium', 'low', 'info', 'none'] as const;
    const { annotations } = build(
      severities.map((severity) => finding({ severity })),
      options,
    ).checkRun();
    return annotations.map(({ annotationLevel }) => annotationLevel);
  };

  it('follow the severity', () => {
    expect(levels()).toEqual(['failure', 'failure', 'warning', 'notice', 'notice', 'notice']);
  });

  it('can be overridden by the caller', () => {
    expect(levels({ severityLevels: { high: 'warning', none: 'failure' } })[1]).toBe('warning');
  });
});

describe('the message of an annotation', () => {
  it.each([' ', '\n\t', '\u200b'])('is never blank, which vendors refuse: %j', (message) => {
    expect(build([finding({ message })]).checkRun().annotations[0]?.message).toBe('no message');
  });
});

describe('the same findings', () => {
  it('produce the same texts in any order', () => {
    const findings = many(60, (index) => ({
      severity: (['low', 'high', 'medium'] as const)[index % 3]!,
      startLine: (index * 7) % 13 || 1,
      path: `src/${index % 4}.ts`,
    }));
    const shuffled = [...findings.slice(31), ...findings.slice(0, 31).reverse()];
    const shown = (builder: PayloadBuilder) =>
      JSON.stringify([builder.comment(), builder.checkRun(), builder.inlineComments(9), builder.status()]);
    expect(shown(build(shuffled))).toBe(shown(build(findings)));
  });
});

describe('content beyond a limit', () => {
  it('is left out from the lowest severity up, and the summary says what is missing', () => {
    const findings = many(3_000, (index) => ({
      severity: index === 2_999 ? 'critical' : 'low',
      message: 'x'.repeat(500),
    }));
    const { text, truncation, listed } = build(findings).comment();
    expect([...text].length).toBeLessThanOrEqual(30_000);
    expect(text).toContain('| Critical | `rule-2999`');
    expect(truncation).toEqual({ field: 'comment.findings', was: 3_000, now: listed.size, unit: 'items' });
    expect(text).toContain(
      `Not shown here for lack of space: ${3_000 - listed.size} more findings (${3_000 - listed.size} low).`,
    );
    expect(text.match(/<details>/g)).toHaveLength(1);
    expect(text.match(/<\/details>/g)).toHaveLength(1);
  });

  it('is announced in the singular when it is one finding', () => {
    const limits = { ...COMMON_LIMITS, comment: { max: 320, unit: 'characters' } as const };
    const findings = [finding(), finding({ severity: 'low', title: 'long '.repeat(50) })];
    expect(build(findings, { limits }).comment().text).toMatch(/for lack of space: 1 more finding \(1 low\)\._$/);
  });

  it('never breaks the table, and never displaces evidence', () => {
    const evidence = {
      artifact: 'acme/shop:1',
      digest: `sha256:${'a'.repeat(64)}`,
      verifyCommand: 'cosign verify acme/shop',
    };
    const { text } = build(many(3_000), {}, { evidence, suppressed: 2, incomplete: true }).comment();
    const table = text.split('\n').filter((line) => line.startsWith('| '));
    expect(table.filter((line) => !line.endsWith(' |'))).toEqual([]);
    expect(text).toMatch(/- Artifact: `acme\/shop:1` `sha256:a{64}`/);
    expect(text).toMatch(/```sh\ncosign verify acme\/shop\n```$/);
    expect(text).toContain('did not complete');
  });

  it('is cut in annotations: their number, their titles and their messages', () => {
    const findings = many(1_200, () => ({ title: 't'.repeat(900), message: 'wörd '.repeat(2_000) }));
    const { annotations, truncated } = build(findings).checkRun();
    expect(annotations).toHaveLength(1_000);
    expect(truncated.map(({ field }) => field)).toEqual([
      ...['checkRun.findings', 'checkRun.details', 'checkRun.annotations'],
    ]);
    expect(truncated).toContainEqual({ field: 'checkRun.annotations', was: 1_200, now: 1_000, unit: 'items' });
    for (const { message, title } of annotations) {
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2_000);
      expect([...(title ?? '')].length).toBeLessThanOrEqual(255);
    }
  });

  it('is cut in the details, with a note, and counted', () => {
    const { text, truncated } = build(many(400, () => ({ message: 'long words '.repeat(300) }))).checkRun();
    const now = text?.split('\n\n---\n\n').length;
    expect(truncated).toContainEqual({ field: 'checkRun.details', was: 400, now, unit: 'items' });
    expect(Buffer.byteLength(text ?? '')).toBeLessThanOrEqual(30_000);
    expect(text).toContain('Details of further findings are left out for lack of space.');
  });

  it('is cut in a status, with an ASCII ellipsis on request', () => {
    const limits = { ...COMMON_LIMITS, statusDescription: { max: 20, unit: 'characters' } as const };
    const findings = [finding(), finding({ severity: 'low' }), finding({ severity: 'medium' })];
    expect(build(findings, { limits }).status().description).toBe('1 high, 1 medium, 1…');
    expect(build(findings, { limits, ascii: true }).status().description).toBe('1 high, 1 medium,...');
  });
});

describe('remarks on lines', () => {
  it('take the most severe findings that have a line', () => {
    const findings = [finding({ severity: 'low' }), finding({ severity: 'critical', startLine: 9, endLine: 12 })];
    const nowhere = { ruleId: 'x', severity: 'critical', message: 'm' } as const;
    const { comments } = build([...findings, nowhere]).inlineComments(1);
    expect(comments).toMatchObject([{ path: 'src/a.ts', startLine: 9, endLine: 12 }]);
  });

  it('contain all known facts, and a suggestion that cannot end its fence', () => {
    const full = finding({
      message: 'Do not.\n/approve',
      cve: 'CVE-2024-3094',
      cwe: 'CWE-95',
      package: 'xz@5.6.0',
      fixedVersion: '5.6.2',
      helpUri: 'https://a.example/no-eval',
      suggestion: 'a\n```\n@all',
    });
    expect(build([full]).inlineComments(1).comments[0]?.body).toBe(
      [
        '**High** [`no-eval`](https://a.example/no-eval) No eval',
        'Do not.\n&#8203;/approve',
        '(in `xz@5.6.0`, fixed in `5.6.2`, CVE-2024-3094, CWE-95)',
        'Suggested change:',
        '````\na\n```\n@all\n````',
      ].join('\n\n'),
    );
  });

  it('show suggested code as it is written', () => {
    const suggestion = `    first();\n\n\n    second('${'x'.repeat(200)}');`;
    const { body } = build([finding({ suggestion })]).inlineComments(1).comments[0]!;
    expect(body).toContain(`\`\`\`\n${suggestion}\n\`\`\``);
  });

  it('that could not be placed are listed in the summary with the reason', () => {
    const builder = build([finding()]);
    const unplaced = builder.inlineComments(1).findings.map((each) => ({ finding: each, reason: 'not in the <diff>' }));
    expect(builder.comment(unplaced).text).toContain(
      'Not at a line of the diff:\n\n- High `no-eval` No eval, `src/a.ts:3` (not in the &lt;diff&gt;)',
    );
  });

  it('that could not be placed are listed up to fifty times, even when the table has no room for them', () => {
    const limits = { ...COMMON_LIMITS, comment: { max: 8_000, unit: 'characters' } as const };
    const builder = build(
      many(60, () => ({ title: 'long words '.repeat(5) })),
      { limits },
    );
    const unplaced = builder.inlineComments(60).findings.map((each) => ({ finding: each, reason: 'not there' }));
    const { text, listed, truncation } = builder.comment(unplaced);
    expect(text.match(/\(not there\)/g)).toHaveLength(50);
    expect(listed.size).toBe(50);
    expect(truncation).toEqual({ field: 'comment.findings', was: 60, now: 50, unit: 'items' });
    expect(text).toContain('10 more findings');
  });
});

describe('a summary', () => {
  it('reports scanner errors, which do not fail the scan', () => {
    const builder = build([], {}, { errors: 2 });
    expect(builder.comment().text).toBe(
      '### ✅ Scan: passed, 2 scanner errors\n\nNo findings.\n\n**2 scanner errors: there may be more findings.**',
    );
  });

  it('says in its first line, which may be all that is shown, what a passed scan leaves open', () => {
    const firstLineOf = (more: object) => build([], { failOn: 'never' }, more).checkRun().summary.split('\n')[0];
    expect(firstLineOf({ errors: 1 })).toBe('### ✅ Scan: passed, 1 scanner error');
    expect(firstLineOf({ errors: 1, incomplete: true })).toBe('### ✅ Scan: passed, scan incomplete');
  });

  it('counts scanner errors in the status too, unless the status says that the scan is incomplete', () => {
    expect(build([], {}, { errors: 2 }).status().description).toBe('No findings, 2 scanner errors');
    expect(build([], {}, { errors: 1, incomplete: true }).status().description).toBe('Scan incomplete: No findings');
  });

  it('shows the message when the title is only a name', () => {
    expect(build([finding({ title: 'assert_used' })]).comment().text).toContain('| High | `no-eval` eval is used |');
    expect(build([finding({ title: '评估' })]).comment().text).toContain('| High | `no-eval` 评估 |');
  });

  it('marks new findings', () => {
    const known = build([finding()]).inlineComments(1).comments[0]!.fingerprint;
    const { text } = build([finding(), finding({ ruleId: 'fresh' })], { previous: new Set([known, 'gone']) }).comment();
    expect(text).toContain('Since the last run: **1 new**, 1 fixed, 1 unchanged.');
    expect(text).toContain('| High **new** | `fresh`');
    expect(text).toContain('| High | `no-eval`');
  });

  it.each<[number, ('new' | 'unchanged' | null)[], object | null]>([
    [0, [null], null],
    [2, [null], { new: 1, fixed: 2, unchanged: 0 }],
    [0, ['new', 'unchanged'], { new: 1, fixed: 0, unchanged: 1 }],
  ])("trusts the scanner's comparison when no previous run is known: %i gone, %j", (gone, baselines, counts) => {
    const { findings } = reportOf(many(baselines.length));
    const report = { gone, findings: findings.map((each, index) => ({ ...each, baseline: baselines[index]! })) };
    expect(build([], {}, report).changes?.counts ?? null).toEqual(counts);
  });

  it("shows a policy's verdict and name", () => {
    const evidence = {
      policyVerdict: 'warn',
      policyName: 'prod_gate',
      verifyCommand: ` verify\n  ${'x'.repeat(3_000)}`,
    } as const;
    const { text } = build([], {}, { evidence }).comment();
    expect(text).toContain('- Policy verdict: **warn** (prod\\_gate)');
    expect(text).toContain(`\nverify ${'x'.repeat(1_993)}…\n`);
  });

  it('links to the sources when it has their URL', () => {
    const ofFile = build([finding({ startLine: undefined })], { sourceUrl: 'https://a.example' }).comment().text;
    expect(ofFile).toContain('[`src/a.ts`](https://a.example/src/a.ts)');
    const sourceUrl = 'https://github.com/acme/shop/blob/abc/';
    const { text } = build([finding({ path: 'src/a (1).ts' })], { sourceUrl }).comment();
    expect(text).toContain('[`src/a (1).ts:3`](https://github.com/acme/shop/blob/abc/src/a%20%281%29.ts#L3)');
  });

  it('links correctly, however long the address is and whatever characters it has', () => {
    const query = 'x'.repeat(200);
    const evidence = { reportUrl: `https://a.example/größe?token=${query}` };
    const helpUri = `https://b.example/${query}`;
    for (const ascii of [false, true]) {
      const { text } = build([finding({ helpUri })], { ascii }, { evidence }).comment();
      expect(text).toContain(`[Report](https://a.example/gr%C3%B6%C3%9Fe?token=${query})`);
      expect(text).toContain(`[\`no-eval\`](${helpUri})`);
    }
  });

  it('contains the whole verification command', () => {
    const verifyCommand = `cosign verify registry.example/${'acme/'.repeat(40)}shop@sha256:${'a'.repeat(64)}`;
    expect(build([], {}, { evidence: { verifyCommand } }).comment().text).toContain(`\`\`\`sh\n${verifyCommand}\n`);
  });

  it('has known secrets removed, wherever they come from', () => {
    const secret = 'correct-horse-battery';
    const dirty = finding({
      title: secret,
      message: secret,
      path: `src/${secret}.ts`,
      package: secret,
      suggestion: secret,
      helpUri: `https://a.example/${secret}`,
    });
    const evidence = { reportUrl: `https://a.example/?${secret}`, verifyCommand: `cosign ${secret}` };
    const builder = build(
      [dirty],
      { sourceUrl: 'https://c.example', scrub: (text) => text.replaceAll(secret, '[redacted]') },
      { evidence },
    );
    const texts = [
      builder.comment().text,
      builder.checkRun().summary,
      builder.checkRun().text,
      builder.inlineComments(1).comments[0]?.body,
    ];
    expect(texts.join('\n')).not.toContain(secret);
  });

  it('is ASCII on request', () => {
    const builder = build([finding({ title: 'Größe', path: 'src/ü.ts', suggestion: '“x”' })], {
      ascii: true,
      title: 'Prüfung',
    });
    const { summary, text } = builder.checkRun();
    expect(`${summary}${text}${builder.inlineComments(1).comments[0]?.body}`).toMatch(/^[\u0000-\u007f]*$/);
    expect(summary).toContain('Pr\\\\u{fc}fung: failed');
  });
});
