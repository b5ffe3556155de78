import { dropKept, keepFor, keptFor } from './kept-form';

function emptyStorage(): Storage {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  return storage as Storage;
}

describe('a form that is kept', () => {
  it('is there for its owner alone', () => {
    const storage = emptyStorage();
    keepFor('acme ada', { name: 'Payments' }, storage);
    expect(keptFor('acme ada', storage)).toEqual({ name: 'Payments' });
    expect(keptFor('globex eve', storage)).toEqual({});
  });

  it('is not replaced by one in which nothing was filled in', () => {
    const storage = emptyStorage();
    keepFor('acme ada', { name: 'Payments' }, storage);
    keepFor('acme ada', {}, storage);
    expect(keptFor('acme ada', storage)).toEqual({ name: 'Payments' });
  });

  it('is none at first, nor once it was dropped', () => {
    const storage = emptyStorage();
    expect(keptFor('acme ada', storage)).toEqual({});
    keepFor('acme ada', { name: 'Payments' }, storage);
    dropKept(storage);
    expect(keptFor('acme ada', storage)).toEqual({});
  });
});
