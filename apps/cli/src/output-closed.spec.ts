import { Writable } from 'node:stream';
import { endWhenOutputCloses } from './output-closed';

describe('endWhenOutputCloses', () => {
  const ends = (error: Error) =>
    new Promise<string>((resolve) => {
      const output = new Writable({ write: (_chunk, _encoding, done) => done(error) });
      endWhenOutputCloses(output, resolve);
      output.write('a line\n');
    });

  it('ends the command silently when the reader of its output has gone', async () => {
    expect(await ends(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe('');
  });

  it('ends the command with the reason when its output has no room', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(await ends(full)).toBe('standard output cannot be written: ENOSPC: no space left on device, write\n');
  });
});
