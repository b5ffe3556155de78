import { setTimeout as sleep } from 'node:timers/promises';
import { CallGuard } from './call-guard';

const times = { totalMs: 60_000, headersMs: 20 };
const guardOf = (host: string, caller = new AbortController()) => new CallGuard(host, caller.signal, times);

describe('CallGuard', () => {
  it('ends its call in time, also when calls that began before and after it have ended', async () => {
    const [before, call, after] = [guardOf('before.test'), guardOf('vendor.test'), guardOf('after.test')];
    const ended: string[] = [];
    for (const guard of [before, call, after]) {
      guard.onEnd = () => ended.push(guard.host);
      guard.sent();
    }
    before.release();
    after.release();
    await sleep(300);
    call.release();

    expect(ended).toEqual(['vendor.test']);
    expect(call.error(undefined)).toMatchObject({ code: 'timeout', message: expect.stringMatching(/within 20 ms/) });
  });

  it('ignores its caller after its release', () => {
    const caller = new AbortController();
    const guard = guardOf('vendor.test', caller);
    guard.release();
    caller.abort();

    expect(guard.error(undefined)).toBeUndefined();
  });
});
