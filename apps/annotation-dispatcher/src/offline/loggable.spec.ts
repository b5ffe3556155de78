import { loggable } from './loggable';

describe('loggable', () => {
  it('leaves a request unchanged that fits into a log line', () => {
    const request = { body: 'x'.repeat(60_000), owner: 'octo' };
    expect(loggable(request)).toBe(request);
  });

  it('cuts a long text on characters, and says how much is missing', () => {
    const cut = loggable({ annotations: [], body: `${'x'.repeat(7_999)}😀${'y'.repeat(70_000)}` });
    const body = expect.stringMatching(/^x{7999}\ufffd… \(70001 more characters\)$/);
    expect(cut).toEqual({ annotations: [], body });
  });

  it('cuts a request that is large in every way to a line that log collectors accept', () => {
    const annotation = { path: 'p'.repeat(4_096), startLine: 1, message: 'm'.repeat(65_536), title: 't'.repeat(1_000) };
    const annotations = Array.from({ length: 100 }, () => annotation);
    const request = { name: 'scan', summary: 's'.repeat(1_000_000), text: 't'.repeat(1_000_000), annotations };
    const cut = loggable(request) as { annotations: unknown[] };
    expect(cut.annotations).toHaveLength(21);
    expect(cut.annotations.at(-1)).toBe('… (80 more items)');
    expect(JSON.stringify(cut).length).toBeLessThan(64_000);
  });
});
