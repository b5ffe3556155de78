import { type ScmCommentRequest, ScmStatusRequest, validate } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import { canonical } from './canonical';
import { draft, hashOf, type Submission } from './draft';

const integration = { id: 'i-1', type: 'scm', provider: 'in_memory', generation: 3 } as IntegrationRow;
const SHA = 'a'.repeat(40);

function comment(overrides: Partial<ScmCommentRequest> = {}): Annotation {
  const request = { owner: 'Octo', repository: 'Demo', pullRequestNumber: 7, body: 'hi', updateExisting: true };
  return { operation: 'comment', request: { ...request, wait: 'completed', ...overrides } };
}

function submit(annotation: Annotation, overrides: Partial<Submission> = {}) {
  const asked = { tenantId: 't', annotation, idempotencyKey: null, submittedAt: new Date(1_000), traceparent: null };
  return draft({ ...asked, isAwaited: true, ...overrides }, integration);
}

describe('draft', () => {
  it('puts all of one pull request into one lane, however its names are spelled', () => {
    const lane = submit(comment()).lane;
    expect(lane).toBe('i-1:octo/demo#7');
    expect(submit(comment({ owner: 'OCTO', repository: 'demo' })).lane).toBe(lane);
    expect(submit(comment({ pullRequestNumber: 8 })).lane).not.toBe(lane);
  });

  it('puts the statuses and check runs of one commit into one lane', () => {
    const place = { owner: 'octo', repository: 'demo', wait: 'completed' } as const;
    const status = { ...place, commitSha: SHA, state: 'success', context: 'scan' } as const;
    const checkRun = { ...place, headSha: SHA, name: 'scan' };
    const lanes = [
      submit({ operation: 'status', request: status }).lane,
      submit({ operation: 'check_run', request: checkRun }).lane,
    ];
    expect(lanes).toEqual([`i-1:octo/demo@${SHA}`, `i-1:octo/demo@${SHA}`]);
  });

  it('counts the deadline from when the caller submitted the request', () => {
    expect(submit(comment({ deadlineMs: 500 })).deadlineAt).toEqual(new Date(1_500));
    expect(submit(comment()).deadlineAt).toBeNull();
  });

  it('is the same operation if it comes again under its key, and another one without a key', () => {
    const idOf = (...given: Parameters<typeof submit>) => submit(...given).id;
    const keyed = { idempotencyKey: 'k' };
    const id = idOf(comment(), keyed);
    expect(idOf(comment({ wait: 'accepted' }), { ...keyed, submittedAt: new Date() })).toBe(id);
    const others = [
      idOf(comment(), { idempotencyKey: 'l' }),
      idOf(comment(), { ...keyed, tenantId: 'u' }),
      idOf(comment({ body: 'ho' }), keyed),
      idOf(comment()),
      idOf(comment()),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
  });

  it('stores the request without the fields that are null or absent', () => {
    const validated = validate(ScmStatusRequest, {
      owner: 'octo',
      repository: 'demo',
      commitSha: SHA,
      state: 'success',
      context: 'scan',
      description: null,
    });
    if (!validated.ok) throw new Error('the request is valid');
    const row = submit({ operation: 'status', request: validated.value });
    expect(row.request).toEqual({
      owner: 'octo',
      repository: 'demo',
      commitSha: SHA,
      state: 'success',
      context: 'scan',
      wait: 'completed',
    });
    expect(row.upsertKey).toBeNull();
  });
});

describe('hashOf', () => {
  it('is the same for the same content, however the caller waits and whatever the order of fields', () => {
    const { operation, request } = comment() as Annotation & { operation: 'comment' };
    const reversed = Object.fromEntries(Object.entries(request).reverse()) as unknown as ScmCommentRequest;
    const again = { ...reversed, wait: 'accepted', deadlineMs: 9_000, idempotencyKey: 'k' } as const;
    expect(hashOf({ operation, request: again })).toBe(hashOf(comment()));
  });

  it.each<[string, Partial<ScmCommentRequest>]>([
    ['another body', { body: 'ho' }],
    ['another place', { pullRequestNumber: 8 }],
    ['another integration', { integrationId: 'x' }],
    ['another upsert key', { upsertKey: 'x' }],
  ])('differs for %s', (_, change) => {
    expect(hashOf(comment(change))).not.toBe(hashOf(comment()));
  });
});

describe('canonical', () => {
  it('leaves out what is null or absent and orders the keys, at any depth, but no list', () => {
    const one = canonical({ b: [{ d: 1, c: null }, 'z', 'a'], a: undefined, e: { g: false, f: 0 } });
    expect(JSON.stringify(one)).toBe('{"b":[{"d":1},"z","a"],"e":{"f":0,"g":false}}');
  });
});
