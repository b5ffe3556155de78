import { RecurringFailure } from './recurring-failure';

describe('a recurring failure', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is logged at once, and then at most once a minute with the number of failures since', () => {
    const logged: [object, string][] = [];
    const away = new RecurringFailure(
      { warn: (...line) => logged.push(line), error: jest.fn() },
      'database unavailable',
    );
    const fail = (times: number) => {
      for (let n = 1; n <= times; n += 1) away.failed(n);
    };
    fail(3);
    expect(logged).toEqual([[{ err: 1, failures: 1 }, 'database unavailable']]);
    jest.advanceTimersByTime(59_999);
    fail(4);
    expect(logged).toHaveLength(1);
    jest.advanceTimersByTime(1);
    fail(1);
    expect(logged.slice(1)).toEqual([[{ err: 1, failures: 7 }, 'database unavailable']]);
    jest.advanceTimersByTime(3_600_000);
    fail(1);
    expect(logged.slice(2)).toEqual([[{ err: 1, failures: 1 }, 'database unavailable']]);
  });

  it('of another kind is logged at once too, without restarting the minute of the first', () => {
    const logged: object[] = [];
    const away = new RecurringFailure(
      { warn: (fields) => logged.push(fields), error: jest.fn() },
      'database unavailable',
    );
    const [refused, reset] = ['ECONNREFUSED', 'ECONNRESET'].map((code) => Object.assign(new Error(code), { code }));
    const fault = new TypeError('a fault of ours');
    for (const error of [refused, refused, fault, reset, refused, reset]) away.failed(error);
    expect(logged).toEqual([refused, fault, reset].map((err) => ({ err, failures: 1 })));
    jest.advanceTimersByTime(60_000);
    away.failed(refused);
    expect(logged.slice(3)).toEqual([{ err: refused, failures: 3 }]);
  });
});
