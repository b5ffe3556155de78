import { HttpAnswer } from '../fake-vendor/answer.ts';
import type { Json } from './openapi-schema.ts';

const DOCUMENTATION = 'https://docs.github.com/rest';

/** An error answer in GitHub's shape, to be thrown. */
export class GitHubRefusal extends HttpAnswer {
  constructor(status: number, message: string, errors?: Json[], headers: Readonly<Record<string, string>> = {}) {
    const body = { message, ...(errors ? { errors } : {}), documentation_url: DOCUMENTATION, status: String(status) };
    super(status, body, headers);
  }
}

export function notFound(): GitHubRefusal {
  return new GitHubRefusal(404, 'Not Found');
}

/** GitHub's 422 for one invalid field. */
export function invalid(resource: string, field: string, message: string): GitHubRefusal {
  return new GitHubRefusal(422, 'Validation Failed', [{ resource, code: 'custom', field, message }]);
}
