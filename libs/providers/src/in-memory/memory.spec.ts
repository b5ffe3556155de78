import { Memory } from './memory';

const PULL = 'pull 1';

describe('Memory', () => {
  it('finds an entry by its marker and by its id, only within its scope', () => {
    const memory = new Memory();
    const entry = memory.create(PULL, 'scan', { body: 'hello' });

    expect(memory.findByMarker(PULL, 'scan')).toEqual(expect.objectContaining({ id: '1', content: { body: 'hello' } }));
    expect(memory.findById(PULL, entry.id)?.content).toEqual({ body: 'hello' });
    expect(memory.findByMarker('pull 2', 'scan')).toBeUndefined();
    expect(memory.findById('pull 2', entry.id)).toBeUndefined();
    expect(memory.findByMarker(PULL, 'other')).toBeUndefined();
  });

  it('separates scope and marker, whatever characters they contain', () => {
    const memory = new Memory();
    memory.create('a","b', 'c', 1);

    expect(memory.findByMarker('a', 'b","c')).toBeUndefined();
  });

  it('keeps the id of an updated entry', () => {
    const memory = new Memory();
    const entry = memory.create(PULL, 'scan', 'old');
    const updated = memory.update(entry, 'new');

    expect(updated.id).toBe(entry.id);
    expect(memory.findByMarker(PULL, 'scan')?.content).toBe('new');
    expect(memory.size).toBe(1);
  });

  it('evicts the entry written longest ago above its number of entries', () => {
    const memory = new Memory({ entries: 2, characters: 1_000 });
    const first = memory.create(PULL, 'first', 1);
    memory.create(PULL, 'second', 2);
    memory.update(first, 11);
    memory.create(PULL, 'third', 3);

    expect(memory.size).toBe(2);
    expect(memory.findByMarker(PULL, 'first')?.content).toBe(11);
    expect(memory.findByMarker(PULL, 'second')).toBeUndefined();
    expect(memory.findByMarker(PULL, 'third')?.content).toBe(3);
  });

  it('evicts the entry written longest ago above its number of characters', () => {
    const memory = new Memory({ entries: 100, characters: 100 });
    memory.create(PULL, 'first', 'x'.repeat(60));
    memory.create(PULL, 'second', 'x'.repeat(60));

    expect(memory.findByMarker(PULL, 'first')).toBeUndefined();
    expect(memory.findByMarker(PULL, 'second')).toBeDefined();
    expect(memory.size).toBe(1);
  });

  it('frees space when an entry shrinks', () => {
    const memory = new Memory({ entries: 100, characters: 100 });
    memory.update(memory.create(PULL, 'first', 'x'.repeat(80)), 'x');
    memory.create(PULL, 'second', 'x'.repeat(80));

    expect(memory.size).toBe(2);
  });
});
