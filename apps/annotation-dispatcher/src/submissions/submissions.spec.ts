import { RequestRejected, type BusMessage } from '@integrations/bus';
import { DatabaseError } from '@integrations/database';
import type { Submission } from '../intake/draft';
import { Submissions } from './submissions';

const BODY = { owner: 'octo', repository: 'demo', pullRequestNumber: 7, body: 'hi' };
const PUBLISHED = new Date('2026-01-01T00:00:00.123Z');

function message(subject: string, body: unknown, headers: Record<string, string> = {}): BusMessage {
  return {
    subject,
    body: new Uint8Array(),
    id: undefined,
    deliveries: 1,
    sequence: 42,
    publishedAt: PUBLISHED,
    header: (name) => headers[name],
    json: () => (body === undefined ? { ok: false, message: 'must be JSON' } : { ok: true, value: body }),
  };
}

function intake(outcome: () => Promise<never> = () => Promise.resolve({} as never)) {
  const accept = jest.fn((_: Submission) => outcome());
  return { accept, submissions: new Submissions({ accept }) };
}

describe('Submissions', () => {
  it('takes tenant and operation from the subject', async () => {
    const { accept, submissions } = intake();
    await expect(submissions.handle(message('integrations.v1.annotate.acme.comment', BODY))).resolves.toEqual({
      kind: 'done',
    });
    expect(accept).toHaveBeenCalledWith(
      expect.objectContaining({
        tenantId: 'acme',
        submittedAt: PUBLISHED,
        isAwaited: false,
        annotation: { operation: 'comment', request: expect.objectContaining(BODY) },
      }),
    );
  });

  it('identifies a request by its own key, else the header, else its place in the stream', async () => {
    const { accept, submissions } = intake();
    const subject = 'integrations.v1.annotate.acme.comment';
    await submissions.handle(message(subject, { ...BODY, idempotencyKey: 'own' }, { 'idempotency-key': 'header' }));
    await submissions.handle(message(subject, BODY, { 'idempotency-key': 'header' }));
    await submissions.handle(message(subject, BODY));
    const keys = accept.mock.calls.map(([submission]) => submission.idempotencyKey);
    expect(keys).toEqual(['own', 'header', `INTEGRATIONS_ANNOTATE:42:${PUBLISHED.getTime()}`]);
  });

  it('keeps the trace context of a request, and ignores a malformed one', async () => {
    const { accept, submissions } = intake();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const subject = 'integrations.v1.annotate.acme.comment';
    for (const header of [traceparent, 'none']) {
      await submissions.handle(message(subject, BODY, { traceparent: header }));
    }
    await submissions.handle(message(subject, BODY));
    expect(accept.mock.calls.map(([submission]) => submission.traceparent)).toEqual([traceparent, null, null]);
  });

  it.each([
    ['subject', 'integrations.v1.annotate.acme.merge', BODY, 'subject'],
    ['subject', 'integrations.v1.annotate.acme.comment.more', BODY, 'subject'],
    ['tenant', 'integrations.v1.annotate.ACME.comment', BODY, 'subject'],
    ['JSON', 'integrations.v1.annotate.acme.comment', undefined, 'must be JSON'],
    ['field', 'integrations.v1.annotate.acme.comment', { ...BODY, extra: 1 }, 'extra: is not a known field'],
    ['dry run', 'integrations.v1.annotate.acme.comment', { ...BODY, dryRun: true }, 'dryRun: a published request'],
  ])('drops what will never be valid: wrong %s', async (_, subject, body, reason) => {
    const { accept, submissions } = intake();
    const outcome = await submissions.handle(message(subject, body));
    expect(outcome).toMatchObject({ kind: 'drop', reason: expect.stringContaining(reason) });
    expect(accept).not.toHaveBeenCalled();
  });

  it('drops a message whose key in the headers cannot be stored', async () => {
    const { submissions } = intake();
    const headers = { 'idempotency-key': 'k'.repeat(256) };
    const outcome = await submissions.handle(message('integrations.v1.annotate.acme.comment', BODY, headers));
    expect(outcome).toMatchObject({ kind: 'drop', reason: expect.stringContaining('headers.idempotency-key') });
  });

  it('drops what is refused, with the reason', async () => {
    const { submissions } = intake(() => Promise.reject(new RequestRejected('conflict', 'idempotencyKey: used')));
    const outcome = await submissions.handle(message('integrations.v1.annotate.acme.comment', BODY));
    expect(outcome).toEqual({ kind: 'drop', reason: 'conflict: idempotencyKey: used', code: 'conflict' });
  });

  it('holds the message while the database is down, and tries again', async () => {
    const away = new DatabaseError('connection refused', 'ECONNREFUSED', null);
    const { accept, submissions } = intake();
    accept.mockRejectedValueOnce(away);
    await expect(submissions.handle(message('integrations.v1.annotate.acme.comment', BODY))).resolves.toEqual({
      kind: 'done',
    });
    expect(accept).toHaveBeenCalledTimes(2);
  });

  it('lets no other message for the same pull request overtake the one it holds', async () => {
    const { accept, submissions } = intake();
    accept.mockRejectedValueOnce(new DatabaseError('connection refused', 'ECONNREFUSED', null));
    const comment = (body: string, pullRequestNumber = 7) =>
      submissions.handle(message('integrations.v1.annotate.acme.comment', { ...BODY, body, pullRequestNumber }));
    await Promise.all([comment('first'), comment('second'), comment('elsewhere', 8)]);
    const bodies = accept.mock.calls.map(([{ annotation }]) => (annotation.request as { body: string }).body);
    expect(bodies).toEqual(['first', 'elsewhere', 'first', 'second']);
  });

  it('gives back messages that wait for the database when it stops', async () => {
    const away = new DatabaseError('connection refused', 'ECONNREFUSED', null);
    const { accept, submissions } = intake(() => Promise.reject(away));
    const waits = submissions.handle(message('integrations.v1.annotate.acme.comment', BODY));
    submissions.stop();
    await expect(waits).rejects.toBe(away);
    expect(accept).toHaveBeenCalledTimes(1);
  });

  it('throws, and so gets the message again, when the database fails', async () => {
    const { submissions } = intake(() => Promise.reject(new Error('connection refused')));
    await expect(submissions.handle(message('integrations.v1.annotate.acme.comment', BODY))).rejects.toThrow('refused');
  });
});
