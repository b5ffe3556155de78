/** What a route answers; a body that is text is sent as text. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whatever refuses a request. */
export class HttpAnswer extends Error implements Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** `{"message":"404 Project Not Found"}`. */
export function notFound(what: string): HttpAnswer {
  return new HttpAnswer(404, { message: `404 ${what} Not Found` });
}

/** GitLab puts what is wrong behind the status. */
export function badRequest(message: string): HttpAnswer {
  return new HttpAnswer(400, { message: `400 Bad request - ${message}` });
}

export function forbidden(): HttpAnswer {
  return new HttpAnswer(403, { message: '403 Forbidden' });
}
