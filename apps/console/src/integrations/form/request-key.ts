import { ApiProblem } from '../../api/problem';

const IN_USE = 'headers.idempotency-key';

/**
 * The Idempotency-Key of a form. It stays the same for the same request until a response arrives, so that a double
 * click or a retry after a lost response creates only one registration. After a refusal the key changes: the API would
 * repeat a 400 for a day.
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

/** A random key. `crypto.randomUUID` exists only over https, and internal consoles may be served without TLS. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
