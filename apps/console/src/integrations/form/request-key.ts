import { ApiProblem } from '../../api/problem';

const IN_USE = 'headers.idempotency-key';

/**
 * The Idempotency-Key of a form: the same for the same request until that is answered, so that a double click or another
 * try after a lost answer makes one registration. A refusal is an answer, and a 400 the API would repeat for a day.
 */
export class RequestKey {
  #key = '';
  #request = '';

  for(body: unknown): string {
    const request = JSON.stringify(body);
    if (this.#key === '' || request !== this.#request) this.#key = randomKey();
    this.#request = request;
    return this.#key;
  }

  failed(error: Error): void {
    if (isRefusal(error)) this.#key = '';
  }
}

function isRefusal(error: Error): boolean {
  if (!(error instanceof ApiProblem)) return false;
  if (error.details.some(({ field }) => field === IN_USE)) return false;
  return error.status >= 400 && error.status < 500;
}

/** crypto.randomUUID is there over https alone, and a console within a network may be served without. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
