import type { ScmOperationView } from '@integrations/contracts';
import { isPossible, resultOf } from './command';

describe('an operation', () => {
  it.each([
    ['queued', false, true],
    ['running', false, false],
    ['succeeded', false, false],
    ['failed', true, false],
    ['parked_offline', true, true],
    ['superseded', false, false],
    ['cancelled', false, false],
  ] as const)('that is %s allows retry: %s, and cancel: %s', (state, retry, cancel) => {
    expect(isPossible('retry', { state, ending: null })).toBe(retry);
    expect(isPossible('cancel', { state, ending: null })).toBe(cancel);
  });

  it('that is about to end cannot be cancelled a second time', () => {
    expect(isPossible('cancel', { state: 'queued', ending: 'cancelled' })).toBe(false);
  });
});

describe('resultOf', () => {
  const operation = (state: string, ending: string | null = null) => ({ state, ending }) as ScmOperationView;

  it('distinguishes a retry that came too late from one that was queued', () => {
    expect(resultOf({ command: 'retry', operation: operation('queued') })).toContain('posts it now');
    expect(resultOf({ command: 'retry', operation: operation('superseded') })).toContain('a newer operation');
  });

  it('distinguishes a finished cancellation from one that must conclude something first', () => {
    expect(resultOf({ command: 'cancel', operation: operation('cancelled') })).toBe('cancelled.');
    expect(resultOf({ command: 'cancel', operation: operation('queued', 'cancelled') })).toContain('once');
  });
});
