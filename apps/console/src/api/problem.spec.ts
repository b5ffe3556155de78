import { isOfProxy, problemOf } from './problem';

const TOO_MANY = { title: 'Too many requests', status: 429, detail: 'wait', errorCode: 'rate_limited', details: [] };

function answer(body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status: 429, headers });
}

describe('problemOf', () => {
  it('keeps what the API says, and how long to wait before asking again', async () => {
    expect(await problemOf(answer(TOO_MANY, { 'retry-after': '42' }))).toMatchObject({
      ...{ status: 429, title: 'Too many requests', message: 'wait', errorCode: 'rate_limited' },
      retryAfterSeconds: 42,
    });
  });

  it.each([undefined, 'Wed, 21 Oct 2026 07:28:00 GMT'])(
    'has no waiting time when Retry-After is %s',
    async (retryAfter) => {
      const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      expect(await problemOf(answer(TOO_MANY, headers))).toMatchObject({ retryAfterSeconds: null });
    },
  );

  it.each(['<h1>Busy</h1>', null, { detail: 'Not of the API' }])(
    'falls back to the HTTP status when the response is not from the API: %j',
    async (body) => {
      const problem = await problemOf(answer(body));
      expect(problem).toMatchObject({ status: 429, message: 'HTTP 429' });
      expect(isOfProxy(problem)).toBe(true);
    },
  );
});
