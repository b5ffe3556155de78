import { hasCode, nullIf, ProviderError } from './provider-error';

type Module = typeof import('./provider-error');

describe('ProviderError', () => {
  it('derives transient from its code, unless told otherwise', () => {
    expect(new ProviderError('network', 'gone').transient).toBe(true);
    expect(new ProviderError('not_found', 'gone').transient).toBe(false);
    expect(new ProviderError('not_found', 'gone', { transient: true }).transient).toBe(true);
  });

  it("recognises the errors of another copy of the kit, such as a package's own, and nothing else", () => {
    let copy: Module | undefined;
    jest.isolateModules(() => {
      copy = jest.requireActual<Module>('./provider-error');
    });
    const foreign = new copy!.ProviderError('rate_limited', 'slow down', { retryAfterMs: 7 });

    expect(copy!.ProviderError).not.toBe(ProviderError);
    expect(foreign).toBeInstanceOf(ProviderError);
    expect(new ProviderError('network', 'gone')).toBeInstanceOf(copy!.ProviderError);
    for (const other of [new Error('gone'), { code: 'network' }, null, undefined, 'network']) {
      expect(other instanceof ProviderError).toBe(false);
    }
  });
});

describe('nullIf', () => {
  const asGone = nullIf((error) => hasCode(error, 'not_found'));

  it('turns an expected error into null, and throws any other unchanged', async () => {
    const other = new ProviderError('network', 'gone');

    await expect(Promise.reject(new ProviderError('not_found', 'gone')).catch(asGone)).resolves.toBeNull();
    await expect(Promise.reject(other).catch(asGone)).rejects.toBe(other);
  });
});
