import { setImmediate as turn } from 'node:timers/promises';
import { Session } from './session';

describe('a session', () => {
  const sent: string[] = [];
  let atOnce = 0;
  const query = async (text: string) => {
    sent.push(text);
    expect(++atOnce).toBe(1);
    await turn();
    atOnce -= 1;
    if (text === 'wrong') throw new Error('syntax error');
    return { rows: [{ text }] };
  };
  const session = new Session({ query, end: async () => undefined } as never);

  it('sends one statement at a time, in the order of asking, also after one that failed', async () => {
    const asked = ['first', 'wrong', 'second', 'third'].map((text) => session.query(text));
    const answers = await Promise.allSettled(asked);
    expect(sent).toEqual(['first', 'wrong', 'second', 'third']);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    await expect(asked[3]).resolves.toEqual({ rows: [{ text: 'third' }] });
  });
});
