import { Writable } from 'node:stream';
import { endWhenOutputCloses } from './output-closed';

describe('what a command tells', () => {
  const ends = (error: Error) =>
    new Promise<string>((resolve) => {
      const output = new Writable({ write: (_chunk, _encoding, done) => done(error) });
      endWhenOutputCloses(output, resolve);
      output.write('a line\n');
    });

  it('ends it without a word where nobody reads on', async () => {
    expect(await ends(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe('');
  });

  it('ends it, telling why, where there is no room for it', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(await ends(full)).toBe('standard output cannot be written: ENOSPC: no space left on device, write\n');
  });
});
