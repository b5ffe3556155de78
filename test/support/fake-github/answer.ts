import type { Json } from './openapi-schema.ts';

const DOCUMENTATION = 'https://docs.github.com/rest';

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whatever refuses a request; answered in GitHub's shape. */
export class HttpAnswer extends Error implements Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, errors?: Json[], headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { message, ...(errors ? { errors } : {}), documentation_url: DOCUMENTATION, status: String(status) };
  }
}

export function notFound(): HttpAnswer {
  return new HttpAnswer(404, 'Not Found');
}

/** GitHub's 422 for one bad field. */
export function invalid(resource: string, field: string, message: string): HttpAnswer {
  return new HttpAnswer(422, 'Validation Failed', [{ resource, code: 'custom', field, message }]);
}
