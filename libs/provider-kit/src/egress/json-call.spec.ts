import { ProviderError } from '../provider-error';
import type { Egress, EgressRequest, EgressResponse } from './egress';
import { readJson, sendJson } from './json-call';

const broken = () => new ProviderError('provider_unavailable', 'unexpected format');

describe('readJson', () => {
  it.each(['{"a":1}', '[]'])('reads %s', (text) => expect(readJson(text, broken)).toEqual(JSON.parse(text)));

  it.each(['', 'null', '1', '"text"', '{"a":', '<html></html>'])('throws for %j', (text) =>
    expect(() => readJson(text, broken)).toThrow('unexpected format'),
  );
});

describe('sendJson', () => {
  const sent: EgressRequest[] = [];
  const egress: Pick<Egress, 'request'> = {
    request: (request) => {
      sent.push(request);
      return Promise.resolve({} as EgressResponse);
    },
  };
  const send = async (call: Partial<Parameters<typeof sendJson>[1]>) => {
    await sendJson(egress, { method: 'GET', url: 'https://a.example/x', headers: {}, ...call }, AbortSignal.abort());
    return sent.at(-1)!;
  };

  it('sends a content type only with a body', async () => {
    expect((await send({})).headers).toEqual({ accept: 'application/json' });
    expect(await send({ method: 'POST', body: { a: 1 } })).toMatchObject({
      ...{ method: 'POST', body: '{"a":1}' },
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    });
  });

  it("lets the vendor's headers override its own", async () => {
    expect((await send({ headers: { accept: 'text/plain' } })).headers).toEqual({ accept: 'text/plain' });
  });

  it('encodes a query, and adds no question mark without one', async () => {
    expect((await send({ query: {} })).url).toBe('https://a.example/x');
    expect((await send({ query: { q: 'a&b' } })).url).toBe('https://a.example/x?q=a%26b');
  });
});
