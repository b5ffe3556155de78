import type { ScmPublishRequest } from '@integrations/contracts';
import { compose } from './compose';
import { COMMON_LIMITS } from './limits';
import { readSource } from './sources/read-source';

const finding = { ruleId: 'no-eval', severity: 'high', message: 'eval', path: 'src/a.ts', startLine: 3 } as const;
const request: ScmPublishRequest = {
  ...{ owner: 'acme', repository: 'shop', pullRequestNumber: 7, headSha: 'a'.repeat(40), title: 'Scan' },
  source: { findings: [finding] },
  show: { comment: false, inline: true, checkRun: { name: 'scan' } },
  policies: { outdated: 'resolve', closed: 'skip', draft: 'post', locked: 'skip', expectHeadSha: true },
  ...{ maxInline: 30, ascii: false, wait: 'completed' },
};

describe('Remarks of an earlier run', () => {
  const outdatedBy = (executionSuccessful: boolean) => {
    const run = { tool: { driver: { name: 'T' } }, results: [], invocations: [{ executionSuccessful }] };
    const read = readSource({ sarif: { version: '2.1.0', runs: [run] } });
    if (!read.ok) throw new Error('the log is refused');
    const { inline, outdated } = compose(request, read.report);
    return [inline?.request.outdated, outdated];
  };

  it('are handled as the caller asks, and kept when the scan did not complete', () => {
    expect(outdatedBy(true)).toEqual(['resolve', 'resolve']);
    expect(outdatedBy(false)).toEqual(['keep', 'keep']);
  });
});

describe('compose', () => {
  const composed = (change: Partial<ScmPublishRequest>) => {
    const read = readSource(request.source, change.evidence);
    if (!read.ok) throw new Error('the findings are refused');
    return compose({ ...request, ...change }, read.report);
  };

  it('gives the check run its details, and links check run and status to the report unless the status has its own target', () => {
    const reportUrl = 'https://scans.example/7';
    const show = { ...request.show, status: { context: 'gate' } };
    const { checkRun, status } = composed({ show, evidence: { reportUrl } });
    expect(checkRun!.request).toMatchObject({ text: expect.stringContaining('eval'), detailsUrl: reportUrl });
    expect(status!.request).toMatchObject({ targetUrl: reportUrl });
    const targetUrl = 'https://gate.example/7';
    const elsewhere = composed({ show: { ...show, status: { context: 'gate', targetUrl } }, evidence: { reportUrl } });
    expect(elsewhere.status!.request).toMatchObject({ targetUrl });
    expect(composed({ source: request.source }).checkRun!.request).not.toHaveProperty('detailsUrl');
  });

  it('gives a check run without findings no text', () => {
    const read = readSource({ findings: [] });
    if (!read.ok) throw new Error('nothing is refused');
    expect(compose(request, read.report).checkRun!.request).not.toHaveProperty('text');
  });

  it('composes no remarks when none are requested', () => {
    expect(composed({ show: { comment: false, inline: false } }).inline).toBeNull();
  });
});

describe('A check run whose annotations would be remarks', () => {
  const limits = { ...COMMON_LIMITS, annotations: 0, annotationsAreRemarks: true };
  const checkRunOf = (change: Partial<ScmPublishRequest>, more = {}) => {
    const read = readSource(request.source);
    if (!read.ok) throw new Error('the findings are refused');
    return compose({ ...request, ...change }, read.report, { limits: { ...limits, annotations: 50, ...more } })
      .checkRun!;
  };

  it('has no annotations when the findings are remarks already, and does not report that as truncated', () => {
    const { request: asked, payload } = checkRunOf({}, { annotations: 0 });

    expect(asked.annotations).toEqual([]);
    expect(payload.annotated.size).toBe(0);
    expect(payload.truncated).toEqual([]);
  });

  it.each([
    ['no remarks are requested', { show: { ...request.show, inline: false } }, {}],
    ['there is no pull request to remark on', { pullRequestNumber: undefined as never }, {}],
    ['the vendor shows annotations separately from remarks', {}, { annotationsAreRemarks: false }],
  ])('has annotations when %s', (_, change, more) => {
    expect(checkRunOf(change, more).request.annotations).toHaveLength(1);
  });
});
