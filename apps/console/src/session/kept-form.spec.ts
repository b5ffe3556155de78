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

describe('a form kept for later', () => {
  it('is available only to its owner', () => {
    const storage = emptyStorage();
    keepFor('acme ada', 'new', { name: 'Payments' }, storage);
    expect(keptFor('acme ada', 'new', storage)).toEqual({ name: 'Payments' });
    expect(keptFor('globex eve', 'new', storage)).toEqual({});
  });

  it('is not replaced by an empty form', () => {
    const storage = emptyStorage();
    keepFor('acme ada', 'new', { name: 'Payments' }, storage);
    keepFor('acme ada', 'new', {}, storage);
    expect(keptFor('acme ada', 'new', storage)).toEqual({ name: 'Payments' });
  });

  it('is empty at first, and after it was dropped', () => {
    const storage = emptyStorage();
    expect(keptFor('acme ada', 'new', storage)).toEqual({});
    keepFor('acme ada', 'new', { name: 'Payments' }, storage);
    dropKept('new', storage);
    expect(keptFor('acme ada', 'new', storage)).toEqual({});
  });

  it('is separate from another form of the same page', () => {
    const storage = emptyStorage();
    keepFor('acme ada', 'new', { name: 'Payments' }, storage);
    expect(keptFor('acme ada', 'maintenance', storage)).toEqual({});
    dropKept('maintenance', storage);
    expect(keptFor('acme ada', 'new', storage)).toEqual({ name: 'Payments' });
  });
});
