import { ScmCommentRequest, type ScmPublishRequest } from '@integrations/contracts';
import { COMMON_LIMITS } from './limits';
import { partsOf } from './parts';

const place = { owner: 'acme', repository: 'shop', wait: 'accepted' } as const;
const headSha = 'a'.repeat(40);
const finding = { ruleId: 'no-eval', severity: 'high', message: 'eval', path: 'src/a.ts', startLine: 3 } as const;
const request: ScmPublishRequest = {
  ...{ ...place, pullRequestNumber: 7, headSha, title: 'Scan' },
  source: { findings: [finding] },
  show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'gate' } },
  policies: { outdated: 'resolve', closed: 'skip', draft: 'post', locked: 'skip', expectHeadSha: true },
  ...{ maxInline: 30, ascii: false },
};
const published = (change: Partial<ScmPublishRequest> = {}) =>
  partsOf({ operation: 'publish', request: { ...request, ...change } }, {});
const operations = (change: Partial<ScmPublishRequest>) => published(change).map((part) => part.annotation.operation);

describe('A publish request', () => {
  it('becomes a check run, a status and a comment, in this order, all upserted under its title', () => {
    const parts = published();

    expect(parts.map(({ upsertKey }) => upsertKey)).toEqual(['Scan', 'Scan', 'Scan']);
    expect(parts.map(({ annotation }) => annotation)).toMatchObject([
      { operation: 'check_run', request: { ...place, headSha, name: 'scan', annotations: [{ path: 'src/a.ts' }] } },
      { operation: 'status', request: { ...place, commitSha: headSha, context: 'gate', state: 'failure' } },
      {
        operation: 'comment',
        request: {
          ...place,
          pullRequestNumber: 7,
          updateExisting: true,
          body: expect.stringContaining('eval') as unknown,
        },
      },
    ]);
  });

  it('is upserted under its own upsertKey if it has one', () => {
    expect(published({ upsertKey: 'sast' }).map(({ upsertKey }) => upsertKey)).toEqual(['sast', 'sast', 'sast']);
  });

  it('has only the parts that it asks for, and no comment without a pull request', () => {
    expect(operations({ show: { comment: false, inline: true, status: { context: 'gate' } } })).toEqual(['status']);
    expect(operations({ show: { comment: true, inline: false } })).toEqual(['comment']);
    expect(operations({ pullRequestNumber: undefined as never })).toEqual(['check_run', 'status']);
  });

  it('links its status to the page that the caller names', () => {
    const targetUrl = 'https://scans.example/7';
    const show = { comment: false, inline: false, status: { context: 'gate', targetUrl } };

    expect(published({ show })[0]!.annotation.request).toMatchObject({ targetUrl });
    expect(published()[1]!.annotation.request).not.toHaveProperty('targetUrl');
  });

  it('shows the evidence, keeps to the limits of the provider and removes secrets', () => {
    const evidence = { artifact: 'shop:hunter2hunter2' };
    const statusDescription = { max: 5, unit: 'characters' } as const;
    const parts = partsOf(
      { operation: 'publish', request: { ...request, evidence } },
      {
        limits: { ...COMMON_LIMITS, statusDescription },
        scrub: (text) => text.replaceAll('hunter2hunter2', '[redacted]'),
      },
    );
    expect(parts.map(({ annotation }) => annotation.request)).toMatchObject([
      {},
      { description: '1 hi…' },
      { body: expect.stringContaining('`shop:[redacted]`') as unknown },
    ]);
  });

  it('is refused with the name of the field when its source cannot be read', () => {
    const source = { sarif: { version: '1.0.0', runs: [] } };
    const refusal = {
      code: 'invalid_request',
      message: expect.stringMatching(/^source\.sarif\.version: must/) as unknown,
    };

    expect(() => published({ source })).toThrow(expect.objectContaining(refusal));
  });
});

it('Any other annotation is its own only part, under its own key', () => {
  const comment = Object.assign(new ScmCommentRequest(), { ...place, pullRequestNumber: 7, upsertKey: 'sast' });
  const annotation = { operation: 'comment', request: comment } as const;

  expect(partsOf(annotation, {})).toEqual([{ annotation, upsertKey: 'sast' }]);
});
