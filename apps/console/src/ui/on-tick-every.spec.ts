import { onTickEvery } from './on-tick-every';

describe('onTickEvery', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('runs one timer for any number of listeners, and none without listeners', () => {
    const onTick = onTickEvery(1_000);
    expect(jest.getTimerCount()).toBe(0);
    const ticked = Array.from({ length: 100 }, () => jest.fn<void, []>());
    const leave = ticked.map((each) => onTick(each));
    expect(jest.getTimerCount()).toBe(1);

    jest.advanceTimersByTime(3_000);
    for (const each of ticked) expect(each).toHaveBeenCalledTimes(3);

    leave.forEach((each) => each());
    expect(jest.getTimerCount()).toBe(0);
    onTick(ticked[0]!);
    jest.advanceTimersByTime(1_000);
    expect(ticked[0]).toHaveBeenCalledTimes(4);
    expect(ticked[1]).toHaveBeenCalledTimes(3);
  });
});
