import { HttpAnswer } from '../fake-vendor/answer.ts';

/** `{"message":"…","url":"…/api/swagger"}`. */
export function refusal(status: number, message: string): HttpAnswer {
  return new HttpAnswer(status, { message, url: 'https://git.example/api/swagger' });
}

export function notFound(): HttpAnswer {
  return new HttpAnswer(404, {
    errors: ['object does not exist'],
    message: "The target couldn't be found.",
    url: 'https://git.example/api/swagger',
  });
}

/** An internal error. Gitea shows its message to administrators only. */
export function troubled(): HttpAnswer {
  return refusal(500, '');
}
