import type { ScmOperationView } from '@integrations/contracts';
import { isPossible, resultOf } from './command';

describe('what can be done with an operation', () => {
  it.each([
    ['queued', false, true],
    ['running', false, false],
    ['succeeded', false, false],
    ['failed', true, false],
    ['parked_offline', true, true],
    ['superseded', false, false],
    ['cancelled', false, false],
  ] as const)('%s: retry %s, cancel %s', (state, retry, cancel) => {
    expect(isPossible('retry', { state, ending: null })).toBe(retry);
    expect(isPossible('cancel', { state, ending: null })).toBe(cancel);
  });

  it('is not taken back a second time while it is about to end', () => {
    expect(isPossible('cancel', { state: 'queued', ending: 'cancelled' })).toBe(false);
  });
});

describe('what became of an act', () => {
  const operation = (state: string, ending: string | null = null) => ({ state, ending }) as ScmOperationView;

  it('tells a retry that came too late from one that was queued', () => {
    expect(resultOf({ command: 'retry', operation: operation('queued') })).toContain('posts it now');
    expect(resultOf({ command: 'retry', operation: operation('superseded') })).toContain('a newer operation');
  });

  it('tells a cancellation from one that has something to conclude first', () => {
    expect(resultOf({ command: 'cancel', operation: operation('cancelled') })).toBe('cancelled.');
    expect(resultOf({ command: 'cancel', operation: operation('queued', 'cancelled') })).toContain('once');
  });
});
