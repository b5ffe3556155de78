import { RecurringFailure } from './recurring-failure';

describe('a recurring failure', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is told at once, and then once a minute with how often it has failed since', () => {
    const told: [object, string][] = [];
    const away = new RecurringFailure({ warn: (...line) => told.push(line), error: jest.fn() }, 'database unavailable');
    const fail = (times: number) => {
      for (let n = 1; n <= times; n += 1) away.failed(n);
    };
    fail(3);
    expect(told).toEqual([[{ err: 1, failures: 1 }, 'database unavailable']]);
    jest.advanceTimersByTime(59_999);
    fail(4);
    expect(told).toHaveLength(1);
    jest.advanceTimersByTime(1);
    fail(1);
    expect(told.slice(1)).toEqual([[{ err: 1, failures: 7 }, 'database unavailable']]);
    jest.advanceTimersByTime(3_600_000);
    fail(1);
    expect(told.slice(2)).toEqual([[{ err: 1, failures: 1 }, 'database unavailable']]);
  });

  it('of another kind is told at once as well, and does not begin the minute of the first anew', () => {
    const told: object[] = [];
    const away = new RecurringFailure(
      { warn: (fields) => told.push(fields), error: jest.fn() },
      'database unavailable',
    );
    const [refused, reset] = ['ECONNREFUSED', 'ECONNRESET'].map((code) => Object.assign(new Error(code), { code }));
    const fault = new TypeError('a fault of ours');
    for (const error of [refused, refused, fault, reset, refused, reset]) away.failed(error);
    expect(told).toEqual([refused, fault, reset].map((err) => ({ err, failures: 1 })));
    jest.advanceTimersByTime(60_000);
    away.failed(refused);
    expect(told.slice(3)).toEqual([{ err: refused, failures: 3 }]);
  });
});
