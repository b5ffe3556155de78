import { setImmediate as turn } from 'node:timers/promises';
import { Session } from './session';

describe('a session', () => {
  const sent: string[] = [];
  let inFlight = 0;
  const query = async (text: string) => {
    sent.push(text);
    expect(++inFlight).toBe(1);
    await turn();
    inFlight -= 1;
    if (text === 'wrong') throw new Error('syntax error');
    return { rows: [{ text }] };
  };
  const session = new Session({ query, end: async () => undefined } as never);

  it('sends one statement at a time, in the order of the calls, even after a failed one', async () => {
    const results = ['first', 'wrong', 'second', 'third'].map((text) => session.query(text));
    const outcomes = await Promise.allSettled(results);
    expect(sent).toEqual(['first', 'wrong', 'second', 'third']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    await expect(results[3]).resolves.toEqual({ rows: [{ text: 'third' }] });
  });
});
