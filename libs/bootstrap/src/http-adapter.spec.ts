import type { Server } from 'node:http';
import { createHttpAdapter } from './http-adapter';

describe('createHttpAdapter', () => {
  it('gives a request one minute to arrive completely, including its body', () => {
    const { requestTimeout, headersTimeout }: Server = createHttpAdapter({}).getInstance().server;
    expect({ requestTimeout, headersTimeout }).toEqual({ requestTimeout: 60_000, headersTimeout: 60_000 });
  });
});
