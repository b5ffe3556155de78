import { HttpAnswer } from '../fake-vendor/answer.ts';

/** `{"message":"404 Project Not Found"}`. */
export function notFound(what: string): HttpAnswer {
  return new HttpAnswer(404, { message: `404 ${what} Not Found` });
}

/** GitLab appends the error to the status text. */
export function badRequest(message: string): HttpAnswer {
  return new HttpAnswer(400, { message: `400 Bad request - ${message}` });
}

export function forbidden(): HttpAnswer {
  return new HttpAnswer(403, { message: '403 Forbidden' });
}
