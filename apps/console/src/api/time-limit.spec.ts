import { callApi } from './call';
import { readLines } from './lines';

const LIMITS = { keep: 1, keepCharacters: 100, count: 10 };

/** A server that accepts the request and never responds. An abort rejects as in browsers. */
function hangs(_url: unknown, { signal }: RequestInit = {}): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
}

/** A server that starts to respond and stops in the middle. */
async function hangsInTheMiddle(_url: unknown, { signal }: RequestInit = {}): Promise<Response> {
  const start = (controller: ReadableStreamDefaultController) =>
    signal?.addEventListener('abort', () => controller.error(signal.reason));
  return new Response(new ReadableStream({ start }));
}

/** A server that sends some lines, each after a pause, and then hangs before the end. */
function pausesAfter(count: number, pauseMs: number) {
  return async (): Promise<Response> => {
    const pull = async (controller: ReadableStreamDefaultController) => {
      await new Promise((resolve) => (count-- > 0 ? setTimeout(resolve, pauseMs) : undefined));
      controller.enqueue(new TextEncoder().encode('{}\n'));
    };
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
  };
}

describe('a request to a server that does not answer', () => {
  let server: jest.SpyInstance<ReturnType<typeof fetch>, Parameters<typeof fetch>>;
  beforeEach(() => {
    jest.useFakeTimers();
    server = jest.spyOn(globalThis, 'fetch').mockImplementation(hangs);
  });
  afterEach(() => {
    server.mockRestore();
    jest.useRealTimers();
  });

  /** The error at that time; null while the request is still pending. */
  async function failureAfter(ms: number, asked: Promise<unknown>): Promise<unknown> {
    let failure: unknown = null;
    asked.catch((error: unknown) => (failure = error));
    await jest.advanceTimersByTimeAsync(ms);
    return failure;
  }

  it('fails after 30 seconds', async () => {
    const asked = callApi('/integrations');
    expect(await failureAfter(29_000, asked)).toBeNull();
    expect(await failureAfter(1_000, asked)).toMatchObject({
      ...{ status: 0, errorCode: 'timeout', title: 'No answer in time' },
      message: 'The server did not answer within 30 seconds.',
    });
  });

  it('fails after 30 seconds even when the answer has begun', async () => {
    server.mockImplementation(hangsInTheMiddle);
    expect(await failureAfter(30_000, callApi('/integrations'))).toMatchObject({ errorCode: 'timeout' });
  });

  it('warns that a change may have been made all the same', async () => {
    const asked = callApi('/integrations/1', { method: 'DELETE' });
    expect(await failureAfter(30_000, asked)).toMatchObject({ message: expect.stringContaining('may have been made') });
  });

  it('waits as long as the caller allows', async () => {
    const asked = callApi('/audit/verify', { limitMs: 600_000 });
    expect(await failureAfter(599_000, asked)).toBeNull();
    expect(await failureAfter(1_000, asked)).toMatchObject({ errorCode: 'timeout' });
  });

  it('fails when a long answer does not begin within 30 seconds', async () => {
    expect(await failureAfter(30_000, readLines('/lines', {}, LIMITS))).toMatchObject({ errorCode: 'timeout' });
  });

  it('waits up to 30 seconds for each piece of a long answer, for as long as pieces arrive', async () => {
    server.mockImplementation(pausesAfter(3, 20_000));
    const asked = readLines('/lines', {}, LIMITS);
    expect(await failureAfter(80_000, asked)).toBeNull();
    expect(await failureAfter(10_000, asked)).toMatchObject({ errorCode: 'timeout' });
  });

  it('stops reading a long answer once the caller aborts', async () => {
    server.mockImplementation(pausesAfter(3, 20_000));
    const leaving = new AbortController();
    const asked = readLines('/lines', { signal: leaving.signal }, LIMITS);
    expect(await failureAfter(30_000, asked)).toBeNull();
    leaving.abort();
    expect(await failureAfter(0, asked)).toMatchObject({ name: 'AbortError' });
  });

  it('ends at once when the caller aborts, and does not count as a failure of the server', async () => {
    const leaving = new AbortController();
    const asked = callApi('/integrations', { signal: leaving.signal });
    leaving.abort();
    expect(await failureAfter(0, asked)).toMatchObject({ name: 'AbortError' });
  });
});
