import type { EgressResponse } from '@integrations/provider-kit';
import { type Asked, errorFrom } from './errors';

const asked: Asked = {
  what: 'POST /repos/acme/shop/pulls/7/reviews',
  permission: 'pull_requests:write',
  tokenAgeMs: 9_000,
};

function refusal(status: number, body: string | object, headers: Record<string, string> = {}): EgressResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text), connection: { fresh: false }, text: () => text };
}

const says = (message: string) => ({ message, documentation_url: 'https://docs.github.com/rest' });
const failed = (...errors: unknown[]) => ({ ...says('Validation Failed'), errors });

const pushedOver = (field: string) => `${field} is not part of the pull request`;
const SORRY = 'Server Error: Sorry';

describe('errorFrom', () => {
  it.each([
    [403, says('Resource protected by organization SAML enforcement.'), 'permission_missing', 'single sign-on'],
    [403, says('Your account was flagged as spam'), 'permission_missing', 'flagged the account as spam'],
    [403, says('Sorry. Your account was suspended.'), 'permission_missing', 'account is suspended'],
    [403, says('Repository access blocked'), 'not_found_or_no_access', 'disabled'],
    [403, says('Repository has been locked for migration.'), 'not_found_or_no_access', 'migrated'],
    [403, says('Repository was archived so is read-only.'), 'permission_missing', 'archived'],
    [403, says('the `acme` organization has an IP allow list enabled'), 'permission_missing', 'IP allow list'],
    [403, says('This installation has been suspended'), 'not_installed', 'suspended'],
    [403, says('Unable to create comment because issue is locked.'), 'locked', 'locked'],
    [403, says('Commenting is disabled on issues with more than 2500 comments'), 'limit_reached', 'no more comments'],
    [403, 'Forbidden', 'permission_missing', 'does not allow it'],
    [422, failed('Unable to create comment because issue is locked'), 'locked', 'locked'],
    [422, failed('Pull request review thread line must be part of the diff'), 'invalid_position', 'line'],
    [422, failed("Pull request review thread diff hunk can't be blank"), 'invalid_position', 'line'],
    [422, failed('Line could not be resolved'), 'invalid_position', 'line'],
    [422, failed({ field: 'commit_id', message: 'commit_id is not part of the pull request' }), 'stale_head', 'commit'],
    [422, failed(pushedOver('pull_request_review_thread.end_commit_oid')), 'stale_head', 'commit'],
    [422, failed(pushedOver('Start commit oid')), 'stale_head', 'commit'],
    [422, failed(pushedOver('The commitOID')), 'stale_head', 'commit'],
    [422, failed({ field: 'body', message: 'Body is too long (maximum is 65536 characters)' }), 'too_large', 'long'],
    [422, failed('User can only have one pending review per pull request'), 'conflict', 'still pending'],
    [500, says(`${SORRY}, there was a problem generating this diff.`), 'invalid_request', 'cannot generate the diff'],
    [503, says(`${SORRY}, this diff is taking too long to generate.`), 'invalid_request', 'cannot generate the diff'],
    [451, says('Repository unavailable due to DMCA takedown.'), 'not_found_or_no_access', 'legal'],
  ])('maps a %d with %j to %s', (status, body, code, why) => {
    const error = errorFrom(refusal(status, body), asked, 0);

    expect(error).toMatchObject({ code, transient: false, httpStatus: status });
    expect(error.message).toContain(why);
    expect(error.message).toContain(asked.what);
  });

  it('takes a diff that is unavailable because of heavy load for an outage', () => {
    const body = says(`${SORRY}, this diff is temporarily unavailable due to heavy server load.`);

    expect(errorFrom(refusal(500, body), asked, 0)).toMatchObject({ code: 'provider_unavailable', transient: true });
  });

  it.each([
    ['a limit in the text only', says('You have exceeded a secondary rate limit'), {}, 60_000],
    ['a limit in an old text', says('You have triggered an abuse detection mechanism.'), {}, 60_000],
    ['a limit with its delay', says('You have exceeded a secondary rate limit'), { 'retry-after': '30' }, 30_000],
    ['a page with a delay', '<html>slow down</html>', { 'retry-after': '30' }, 30_000],
    ['an exhausted hourly limit', '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99' }, 100_000],
  ])('does not take %s for a missing permission', (_, body, headers, retryAfterMs) => {
    const error = errorFrom(refusal(403, body, headers as Record<string, string>), asked, 0);

    expect(error).toMatchObject({ code: 'rate_limited', transient: true, retryAfterMs });
  });

  it.each([
    ['pull_requests=write', 'pull_requests:write'],
    ['issues=write; pull_requests=write', 'issues:write or pull_requests:write'],
    ['contents=read,pull_requests=write', 'contents:read and pull_requests:write'],
  ])('names the permissions that GitHub would accept: %s', (accepted, named) => {
    const headers = { 'x-accepted-github-permissions': accepted };
    const { message } = errorFrom(refusal(403, says('Resource not accessible by integration'), headers), asked, 0);

    expect(message).toContain(`(needed: pull_requests:write; accepted: ${named})`);
  });

  it.each(['', 'Bearer s3cret', 'checks=write\u0000', 'x'.repeat(5_000)])(
    'does not quote a malformed header: %j',
    (accepted) => {
      const headers = { 'x-accepted-github-permissions': accepted };

      expect(errorFrom(refusal(403, ''), asked, 0).message).toContain('(needed: pull_requests:write)');
      expect(errorFrom(refusal(403, '', headers), asked, 0).message).toContain('(needed: pull_requests:write)');
    },
  );

  it.each([401, 403, 404])('reports a %d as transient while the token is new, and not after', (status) => {
    const of = (tokenAgeMs: number | null) => errorFrom(refusal(status, ''), { ...asked, tokenAgeMs }, 0);

    expect(of(1_000)).toMatchObject({ transient: true, retryAfterMs: 4_000 });
    expect(of(5_000)).toMatchObject({ transient: false });
    expect(of(null)).toMatchObject({ transient: false });
  });
});
