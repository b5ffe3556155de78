import { HttpAnswer } from '../fake-vendor/answer.ts';

/** `{"errors":[{"context":…,"message":…,"exceptionName":…}]}`; `more` stands beside them. */
export function refused(
  status: number,
  exceptionName: string | null,
  message: string,
  { context = null, ...more }: { readonly context?: string | null; readonly [field: string]: unknown } = {},
): HttpAnswer {
  return new HttpAnswer(status, { errors: [{ context, message, exceptionName, ...more }] });
}

/** `what`: the exception, without its package and its suffix, such as `pull.NoSuchPullRequest`. */
export function notFound(what: string): HttpAnswer {
  return refused(404, `com.atlassian.bitbucket.${what}Exception`, 'It does not exist.');
}

/** The error for a known user without permission, for which Bitbucket also answers 401. */
export function notPermitted(): HttpAnswer {
  return refused(
    401,
    'com.atlassian.bitbucket.AuthorisationException',
    'You are not permitted to access this resource',
  );
}

export function invalid(context: string, message: string): HttpAnswer {
  return refused(400, null, message, { context });
}
