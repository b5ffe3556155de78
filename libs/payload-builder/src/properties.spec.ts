import {
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmPublishRequest,
  type ScmPublishSource,
  ScmStatusRequest,
  validate,
} from '@integrations/contracts';
import { measure } from '@integrations/provider-kit';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text';
import { COMMON_LIMITS, compose, readSource, type ScanReport } from './index';
import { PayloadBuilder } from './payload-builder';

const HOSTILE = [
  '@octocat',
  '@acme/all',
  '#12',
  'GH-1',
  '!3',
  '&4',
  '/merge',
  '\n/close',
  '\n# x',
  '`',
  '```',
  '````\n',
  '~~~',
  '<!--',
  '-->',
  '<!-- integrations:x -->',
  '<details>',
  '</details>',
  '<script>',
  '|',
  '\n|--|--|\n',
  '\\',
  '\\|',
  '**',
  '[x](javascript:alert(1))',
  '![x](https://evil.example)',
  'https://github.com/a/b/issues/1',
  '\u202e',
  '\u0000',
  '\ud800',
  '\u200b',
  '👍',
  'é',
  '\r\n',
  '    ',
  '- ',
  '1. ',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string(), anyText()), { maxLength: 8 })
  .map((parts) => parts.join(''));
const severity = fc.constantFrom('critical', 'high', 'medium', 'low', 'info', 'none' as const);
const finding = fc.record(
  {
    ruleId: text,
    severity,
    message: text,
    title: text,
    path: text.filter((path) => path !== ''),
    startLine: fc.integer({ min: 1, max: 9_999 }),
    helpUri: fc.oneof(fc.webUrl(), text),
    package: text,
    fixedVersion: text,
    suggestion: text,
    cve: text,
  },
  { requiredKeys: ['ruleId', 'severity', 'message'] },
);
const evidence = fc.record(
  { artifact: text, digest: text, policyName: text, verifyCommand: text, reportUrl: text },
  { requiredKeys: [] },
);

/** Removes code as CommonMark parses it, and returns the rest. Throws if a fence is not closed. */
function prose(markdown: string): string {
  const kept: string[] = [];
  let open: string | null = null;
  for (const line of markdown.split('\n')) {
    const marks: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (open === null) {
      if (marks && !(marks.startsWith('`') && line.slice(line.indexOf(marks) + marks.length).includes('`')))
        open = marks;
      else kept.push(line);
    } else if (marks?.startsWith(open) && line.trim() === marks) open = null;
  }
  if (open !== null) throw new Error(`a fence stays open: ${markdown}`);
  return kept.map(withoutCode).join('\n');
}

/** A code span ends with an equally long run of backticks. A backtick after a backslash starts none. */
function withoutCode(line: string): string {
  let rest = line;
  let out = '';
  for (;;) {
    const start = /(?<!\\)(?:\\\\)*(`+)/.exec(rest);
    const marks = start?.[1];
    if (!start || !marks) return out + rest;
    const from = start.index + start[0].length;
    const end = new RegExp(`(?<!\`)\`{${marks.length}}(?!\`)`).exec(rest.slice(from));
    out += rest.slice(0, from - marks.length);
    rest = end ? rest.slice(from + end.index + marks.length) : rest.slice(from);
  }
}

function expectHarmless(markdown: string): void {
  const rest = prose(markdown).replace(/\]\(https?:[^)\s]*\)/g, ']');
  expect(rest).not.toMatch(/@[\p{L}\p{N}_]/u);
  expect(rest).not.toMatch(/(?<!&)#\d/);
  expect(rest).not.toMatch(/^\s*\//m);
  expect(rest).not.toMatch(/<(?!\/?(details|summary)>)/);
  expect(rest).not.toMatch(/(?<!\\)\]\((?!https?:)/);
  expect(rest).not.toMatch(/(?<!\\)!\[/);
  expect(markdown).not.toMatch(/<!-- *integrations:/i);
  expect(markdown).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/);
  expect(markdown.isWellFormed()).toBe(true);
  expect(rest.match(/<details>/g)?.length ?? 0).toBe(rest.match(/<\/details>/g)?.length ?? 0);
}

function read(source: object): ScanReport {
  const answer = readSource(source as ScmPublishSource);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.report;
}

describe('for any scanner output', () => {
  it('the texts mention nobody, break out of no markup and keep to the limits', () => {
    fc.assert(
      fc.property(
        fc.array(finding, { maxLength: 40 }),
        evidence,
        text,
        fc.boolean(),
        (findings, said, title, ascii) => {
          const report = { ...read({ findings }), evidence: said };
          const builder = new PayloadBuilder(report, { title, ascii });
          const { findings: remarked, comments } = builder.inlineComments(5);
          const comment = builder.comment(remarked.map((each) => ({ finding: each, reason: title }))).text;
          const { summary, text: details = '', annotations } = builder.checkRun();
          for (const markdown of [comment, summary, details, ...comments.map(({ body }) => body)]) {
            expectHarmless(markdown);
            if (ascii) expect(markdown).toMatch(/^[\u0000-\u007f]*$/);
          }
          expect(measure(comment, COMMON_LIMITS.comment)).toBeLessThanOrEqual(COMMON_LIMITS.comment.max);
          expect(measure(summary, COMMON_LIMITS.summary)).toBeLessThanOrEqual(COMMON_LIMITS.summary.max);
          expect(measure(details, COMMON_LIMITS.text)).toBeLessThanOrEqual(COMMON_LIMITS.text.max);
          for (const { message, title: heading = '' } of annotations) {
            expect(message).not.toMatch(/@[\p{L}\p{N}_]|^\s*\/\w/mu);
            expect(measure(message, COMMON_LIMITS.annotationMessage)).toBeLessThanOrEqual(2_000);
            expect(measure(heading, COMMON_LIMITS.annotationTitle)).toBeLessThanOrEqual(255);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('the texts fit even into tiny limits', () => {
    const size = { max: 300, unit: 'bytes' } as const;
    const limits = { ...COMMON_LIMITS, comment: size, summary: size, text: size, inlineComment: size };
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 20 }), evidence, (findings, said) => {
        const builder = new PayloadBuilder({ ...read({ findings }), evidence: said }, { title: 'x', limits });
        const { summary, text: details = '' } = builder.checkRun();
        for (const markdown of [
          builder.comment().text,
          summary,
          details,
          ...builder.inlineComments(3).comments.map(({ body }) => body),
        ]) {
          expect(measure(markdown, size)).toBeLessThanOrEqual(300);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a source is accepted or refused with the names of fields, and nothing is thrown', () => {
    const sarif = fc.record({
      version: fc.oneof(fc.constant('2.1.0'), fc.jsonValue()),
      runs: fc.array(
        fc.record(
          {
            tool: fc.oneof(fc.constant({ driver: { name: 'T', rules: [{ id: 'r' }] } }), fc.jsonValue()),
            results: fc.oneof(
              fc.array(
                fc.record(
                  {
                    ruleId: fc.oneof(text, fc.jsonValue()),
                    ruleIndex: fc.jsonValue(),
                    level: fc.oneof(fc.constantFrom('error', 'note'), fc.jsonValue()),
                    message: fc.oneof(fc.record({ text }), fc.jsonValue()),
                    locations: fc.oneof(
                      fc.array(
                        fc.record({
                          physicalLocation: fc.record({
                            artifactLocation: fc.record({ uri: text }),
                            region: fc.jsonValue(),
                          }),
                        }),
                      ),
                      fc.jsonValue(),
                    ),
                    codeFlows: fc.jsonValue(),
                    partialFingerprints: fc.jsonValue(),
                    suppressions: fc.jsonValue(),
                  },
                  { requiredKeys: [] },
                ),
              ),
              fc.jsonValue(),
            ),
            originalUriBaseIds: fc.jsonValue(),
            artifacts: fc.jsonValue(),
            invocations: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
    });
    const source = fc.oneof(
      fc.record({ sarif: fc.oneof(sarif, fc.object()), root: fc.oneof(text, fc.constant('/w')) }),
      fc.record({ rdjson: fc.oneof(fc.record({ diagnostics: fc.array(fc.object()) }), fc.object()) }),
    );
    fc.assert(
      fc.property(source, (given) => {
        const answer = readSource(given as ScmPublishSource);
        if (answer.ok) {
          expect(() => new PayloadBuilder(answer.report, { title: 'x' }).checkRun()).not.toThrow();
        } else {
          expect(answer.errors.length).toBeGreaterThan(0);
          for (const { field } of answer.errors) expect(field).toMatch(/^source/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the composed requests are valid by our own contracts', () => {
    const line = fc.oneof(fc.integer({ min: 1 }), fc.maxSafeInteger());
    const region = fc.record({ startLine: line, endLine: line, startColumn: line }, { requiredKeys: [] });
    const artifactLocation = fc.record({
      uri: fc.oneof(text, fc.constantFrom('a.ts', 'a/'.repeat(2_100)), fc.webPath()),
    });
    const physicalLocation = fc.record({ artifactLocation, region });
    const result = fc.record({
      ruleId: text,
      message: fc.record({ text }),
      locations: fc.array(fc.record({ physicalLocation }), { minLength: 1, maxLength: 1 }),
    });
    const sarif = fc.record({
      version: fc.constant('2.1.0'),
      runs: fc.tuple(
        fc.record({
          tool: fc.constant({ driver: { name: 'T' } }),
          results: fc.array(result, { maxLength: 2 }),
        }),
      ),
    });
    const diagnostic = fc.record({
      message: text,
      location: fc.record({
        path: fc.oneof(text, fc.constant('a.ts')),
        range: fc.record({ start: fc.record({ line }) }),
      }),
    });
    const vulnerability = fc.record(
      { id: text, severity, package: text, title: text, description: text, path: text },
      { requiredKeys: ['id', 'severity', 'package'] },
    );
    const source = fc.oneof(
      fc.record({ findings: fc.array(finding, { maxLength: 2 }) }),
      fc.record({ sarif }),
      fc.record({ rdjson: fc.record({ diagnostics: fc.array(diagnostic, { maxLength: 2 }) }) }),
      fc.record({ stella: fc.record({ vulnerabilities: fc.array(vulnerability, { maxLength: 2 }) }) }),
    );
    fc.assert(
      fc.property(source, fc.boolean(), (given, ascii) => {
        const asked = validate(ScmPublishRequest, {
          ...{ owner: 'acme', repository: 'shop', headSha: 'a'.repeat(40), pullRequestNumber: 7, source: given, ascii },
          show: { comment: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
        });
        const answer = asked.ok ? readSource(asked.value.source) : null;
        if (!asked.ok || !answer?.ok) return;
        const { checkRun, status, comment } = compose(asked.value, answer.report);
        expect(validate(ScmCheckRunRequest, checkRun?.request)).toMatchObject({ ok: true });
        expect(validate(ScmStatusRequest, status?.request)).toMatchObject({ ok: true });
        expect(validate(ScmCommentRequest, comment([])?.request)).toMatchObject({ ok: true });
      }),
      { numRuns: 300 },
    );
  });
});
