import type { ScmCommentResponse } from '@integrations/contracts';
import type { OperationRow } from '@integrations/database';
import { backoffMs, ProviderError } from '@integrations/provider-kit';
import { judgeBefore, judgeFailure, judgeSuccess, judgeUnreached, type RetryRules } from './verdict';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const rules: RetryRules = {
  maxAttempts: 3,
  maxLimitedMs: 60_000,
  backoffMs: (attempt) => attempt * 1_000,
  now: () => NOW,
};

function row(overrides: Partial<OperationRow> = {}): OperationRow {
  return { id: 'op', attempts: 1, deadlineAt: null, waitingSince: null, ...overrides } as OperationRow;
}

describe('judgeFailure', () => {
  it('ends the operation on a permanent failure, at the first attempt', () => {
    const verdict = judgeFailure(row(), new ProviderError('unauthenticated', 'no'), rules);
    expect(verdict).toMatchObject({ kind: 'ended', state: 'failed', outcome: { errorCode: 'unauthenticated' } });
    expect(verdict.outcome).toMatchObject({ isTransient: false, operationId: 'op', errorMessage: 'no' });
  });

  it('tries again after the backoff on a transient failure', () => {
    const verdict = judgeFailure(row({ attempts: 2 }), new ProviderError('network', 'reset'), rules);
    expect(verdict).toMatchObject({
      kind: 'rescheduled',
      waitMs: 2_000,
      countsAsAttempt: true,
      outcome: { errorCode: 'network', isTransient: true, retryAfterMs: 2_000 },
    });
  });

  it('leaves a write whose reply was lost the time to arrive', () => {
    const verdict = judgeFailure(row(), new ProviderError('network', 'reset'), { ...rules, backoffMs: () => 0 });
    expect(verdict).toMatchObject({ waitMs: 250 });
  });

  it('obeys the vendor on how long to wait', () => {
    const error = new ProviderError('provider_unavailable', 'later', { retryAfterMs: 60_000 });
    expect(judgeFailure(row(), error, rules)).toMatchObject({ waitMs: 60_000 });
  });

  it('gives up when the attempts are used up, and says that the request may work later', () => {
    const verdict = judgeFailure(row({ attempts: 3 }), new ProviderError('network', 'reset'), rules);
    expect(verdict).toMatchObject({ kind: 'ended', state: 'failed' });
    expect(verdict.outcome).toMatchObject({ errorCode: 'network', isTransient: true });
  });

  it('does not count a rate limit as an attempt', () => {
    const error = new ProviderError('rate_limited', 'slow down', { retryAfterMs: 5_000 });
    expect(judgeFailure(row({ attempts: 3 }), error, rules)).toMatchObject({
      kind: 'rescheduled',
      countsAsAttempt: false,
      waitMs: 5_000,
    });
  });

  it('does not count a secret store that is down as an attempt, and backs off to once a minute', () => {
    const error = new ProviderError('secret_unresolvable', 'no store', { transient: true });
    const waited = (ms: number) =>
      judgeFailure(row({ attempts: 3, waitingSince: new Date(NOW - ms) }), error, { ...rules, maxLimitedMs: 600_000 });
    expect(waited(0)).toMatchObject({ kind: 'rescheduled', countsAsAttempt: false, waitMs: 1_000 });
    expect(waited(16_000)).toMatchObject({ kind: 'rescheduled', countsAsAttempt: false, waitMs: 6_000 });
    expect(waited(600_000)).toMatchObject({ state: 'failed', outcome: { errorCode: 'secret_unresolvable' } });
    const longest = { ...rules, maxLimitedMs: 86_400_000, backoffMs: (tries: number) => backoffMs(tries, () => 1) };
    const waiting = row({ waitingSince: new Date(NOW - 3_600_000) });
    expect(judgeFailure(waiting, error, longest)).toMatchObject({ waitMs: 60_000 });
    expect(judgeFailure(waiting, new ProviderError('rate_limited', 'slow down'), longest)).toMatchObject({
      waitMs: 300_000,
    });
    const denied = new ProviderError('secret_unresolvable', 'denied', { transient: false });
    expect(judgeFailure(row(), denied, rules)).toMatchObject({ kind: 'ended', state: 'failed' });
  });

  it('gives up when rate limits would delay it for longer than it may wait', () => {
    const error = new ProviderError('rate_limited', 'slow down', { retryAfterMs: 5_000 });
    const waited = (ms: number) => judgeFailure(row({ waitingSince: new Date(NOW - ms) }), error, rules);
    expect(waited(55_000).kind).toBe('rescheduled');
    expect(waited(55_001)).toMatchObject({ kind: 'ended', state: 'failed', outcome: { errorCode: 'rate_limited' } });
    const other = judgeFailure(row({ waitingSince: new Date(0) }), new ProviderError('network', 'reset'), rules);
    expect(other.kind).toBe('rescheduled');
  });

  it('fails at once when the next attempt would come after the deadline', () => {
    const error = new ProviderError('network', 'reset', { retryAfterMs: 5_000 });
    const late = judgeFailure(row({ deadlineAt: new Date(NOW + 5_000) }), error, rules);
    expect(late).toMatchObject({ kind: 'ended', state: 'failed', outcome: { errorCode: 'deadline_exceeded' } });
    expect(late.outcome.errorMessage).toContain('reset');
    const inTime = judgeFailure(row({ deadlineAt: new Date(NOW + 5_001) }), error, rules);
    expect(inTime.kind).toBe('rescheduled');
  });

  it('obeys an error that declares itself transient', () => {
    const error = new ProviderError('not_found_or_no_access', 'not yet', { transient: true });
    expect(judgeFailure(row(), error, rules)).toMatchObject({ kind: 'rescheduled', outcome: { isTransient: true } });
  });

  it('keeps what PostgreSQL cannot store out of the message', () => {
    const error = new ProviderError('unauthenticated', 'a\u0000b\ud800');
    expect(judgeFailure(row(), error, rules).outcome.errorMessage).toBe('ab\ufffd');
  });
});

describe('judgeBefore', () => {
  it('lets an operation be attempted if nothing forbids it', () => {
    expect(judgeBefore(row({ deadlineAt: new Date(NOW + 1) }), false, rules)).toBeNull();
  });

  it('fails an operation whose deadline has passed', () => {
    const verdict = judgeBefore(row({ deadlineAt: new Date(NOW) }), false, rules);
    expect(verdict).toMatchObject({ kind: 'ended', state: 'failed', outcome: { errorCode: 'deadline_exceeded' } });
    expect(verdict?.outcome.operationId).toBe('op');
  });

  it('does not claim that nothing was posted by an attempt before the deadline', () => {
    const message = (attempts: number) =>
      judgeBefore(row({ attempts, deadlineAt: new Date(NOW) }), false, rules)?.outcome.errorMessage;
    expect(message(1)).toBe('the deadline passed before it could be posted');
    expect(message(2)).toBe('the deadline passed before posting was confirmed');
  });

  it('parks an operation while offline', () => {
    const verdict = judgeBefore(row(), true, rules);
    expect(verdict).toMatchObject({ kind: 'ended', state: 'parked_offline' });
    expect(verdict?.outcome).toMatchObject({ skippedOffline: true, errorCode: 'offline', operationId: 'op' });
  });

  it('does not claim that nothing was sent if an attempt was made before', () => {
    const message = (attempts: number) => judgeBefore(row({ attempts }), true, rules)?.outcome.errorMessage;
    expect(message(1)).toMatch(/: nothing was sent/);
    expect(message(2)).toMatch(/an earlier attempt may have reached the vendor/);
  });

  it('gives up on an operation that every dispatcher died over, after looking for what the last attempt posted', () => {
    expect(judgeBefore(row({ attempts: 4 }), false, rules)).toBeNull();
    const outcome = { errorCode: 'internal', errorMessage: expect.stringMatching(/after 4 attempts/) };
    expect(judgeBefore(row({ attempts: 5 }), false, rules)).toMatchObject({ outcome });
  });
});

describe('judgeUnreached', () => {
  it('names the error of the last attempt, if there was one, and counts that attempt', () => {
    const { outcome } = judgeFailure(row(), new ProviderError('network', 'reset'), rules);
    const attempted = judgeUnreached(row(), outcome);
    expect(attempted).toMatchObject({ kind: 'awaits_vendor', countsAsAttempt: true });
    expect(attempted.outcome.errorMessage).toMatch(/the last attempt failed: reset$/);
    const held = judgeUnreached(row(), null);
    expect(held).toMatchObject({ kind: 'awaits_vendor', countsAsAttempt: false });
    expect(held.outcome.errorMessage).not.toContain('attempt');
  });
});

describe('judgeSuccess', () => {
  it('ends the operation with the response', () => {
    const response: ScmCommentResponse = { outcome: 'created', commentId: '1', url: 'u', truncated: [] };
    expect(judgeSuccess(row(), response)).toMatchObject({
      state: 'succeeded',
      outcome: { success: true, result: response, operationId: 'op', errorCode: null },
    });
  });
});
