import { parseWindow } from './window';

describe('parseWindow', () => {
  it.each([
    ['1m', 60],
    ['15m', 900],
    ['1h', 3_600],
    ['24h', 86_400],
    ['7d', 604_800],
    ['400d', 34_560_000],
    ['9600h', 34_560_000],
    ['576000m', 34_560_000],
    ['401d', null],
    ['9601h', null],
    ['999999d', null],
    ['0m', null],
    ['007d', null],
    ['-1d', null],
    ['1.5h', null],
    ['1e3m', null],
    ['24', null],
    ['24H', null],
    ['1w', null],
    [' 1h', null],
    ['1h\n', null],
    ['٣d', null],
    ['', null],
  ])('reads %j as %j seconds', (text, seconds) => {
    expect(parseWindow(text)).toBe(seconds);
  });
});
