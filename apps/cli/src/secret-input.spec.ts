import { PassThrough } from 'node:stream';
import { secretFrom } from './secret-input';

describe('secretFrom', () => {
  it('reads all of standard input unchanged', async () => {
    const said: string[] = [];
    const secret = secretFrom(input('one\ntwo\n', { isTTY: false }), (text) => said.push(text));
    expect(await secret).toBe('one\ntwo\n');
    expect(said).toEqual([]);
  });

  it('refuses input that is not text', async () => {
    const bytes = input(Buffer.from([0xff, 0xfe]), { isTTY: false });
    await expect(secretFrom(bytes, () => {})).rejects.toThrow('standard input is not UTF-8');
  });

  it('prompts at a terminal, and reads several lines until Ctrl-D', async () => {
    const said: string[] = [];
    const secret = secretFrom(input('onf\x7fe\rtwo\r\x04', { isTTY: true }), (text) => said.push(text));
    expect(await secret).toBe('one\ntwo');
    expect(said).toEqual([expect.stringContaining('it is not shown')]);
  });
});

function input(content: string | Buffer, { isTTY }: { isTTY: boolean }): Parameters<typeof secretFrom>[0] {
  const stream = new PassThrough();
  stream.end(content);
  return Object.assign(stream, { isTTY });
}
