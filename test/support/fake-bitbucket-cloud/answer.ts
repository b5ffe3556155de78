import { HttpAnswer } from '../fake-vendor/answer.ts';

/** `{"type":"error","error":{"message":"…"}}`, the form of nearly all errors of Bitbucket. */
export function refusal(status: number, message: string, more: object = {}): HttpAnswer {
  return new HttpAnswer(status, { type: 'error', error: { message, ...more } });
}

export function notFound(what: string): HttpAnswer {
  return refusal(404, `${what} not found`);
}

/** An error about a field, as Bitbucket's form validation words it. */
export function badField(field: string, what: string): HttpAnswer {
  return refusal(400, `${field}: ${what}`, { fields: { [field]: [what] } });
}

/** The answer of a removed list across workspaces. https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770 */
export function gone(): HttpAnswer {
  return refusal(410, 'CHANGE-2770 - Functionality has been deprecated', {
    detail: 'Please read the changelog entry for more details.',
  });
}
