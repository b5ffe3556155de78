import fc from 'fast-check';
import { inspect } from 'node:util';
import { anyText } from '../../../../test/support/any-text';
import { processorTime } from '../../../../test/support/processor-time';
import { REDACTED, Scrubber } from './scrubber';

const SECRET = 'gh$_S3cr3t/+value=="q"\\n~é';
const MARKUP = `a<b>&"quoted"'text'`;

function knowing(...values: string[]): Scrubber {
  const scrubber = new Scrubber();
  values.forEach((value) => scrubber.add(value));
  return scrubber;
}

describe('Scrubber', () => {
  it('leaves a text without known values unchanged', () => {
    expect(new Scrubber().scrub('nothing is known')).toBe('nothing is known');
    expect(knowing(SECRET).scrub('an ordinary line')).toBe('an ordinary line');
    expect(knowing(SECRET).scrub('')).toBe('');
  });

  it.each([
    ['unencoded', SECRET],
    ['escaped in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['escaped in JSON within JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['as a URL component', encodeURIComponent(SECRET)],
    [
      'as a URL component with lower-case digits',
      encodeURIComponent(SECRET).replaceAll(/%../g, (p) => p.toLowerCase()),
    ],
    ['as a URL component within one', encodeURIComponent(encodeURIComponent(SECRET))],
    [
      'as a URL component within one with lower-case digits',
      encodeURIComponent(encodeURIComponent(SECRET)).replaceAll(/%25../g, (p) => p.toLowerCase()),
    ],
    ['as a form field', new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ])('redacts a value that is written %s', (_how, text) => {
    expect(knowing(SECRET).scrub(`>${text}<`).replace(/=*</, '<')).toBe(`>${REDACTED}<`);
  });

  it.each([
    ['in hexadecimal', Buffer.from(MARKUP).toString('hex')],
    ['in hexadecimal with upper-case digits', Buffer.from(MARKUP).toString('hex').toUpperCase()],
    ['escaped in HTML', 'a&lt;b&gt;&amp;&quot;quoted&quot;&#39;text&#39;'],
    ['escaped in HTML as Go does', 'a&lt;b&gt;&amp;&#34;quoted&#34;&#39;text&#39;'],
    ['escaped in HTML as Python does', 'a&lt;b&gt;&amp;&quot;quoted&quot;&#x27;text&#x27;'],
  ])('redacts a value that a page contains %s', (_how, text) => {
    expect(knowing(MARKUP).scrub(`>${text}<`)).toBe(`>${REDACTED}<`);
  });

  it('redacts a value that is escaped in HTML within JSON', () => {
    const page = String.raw`<p>c:\a&amp;b&lt;&#34;d</p>`;
    expect(knowing(String.raw`c:\a&b<"d`).scrub(JSON.stringify({ page }))).toBe(`{"page":"<p>${REDACTED}</p>"}`);
  });

  it('redacts a value in base64 in a URL', () => {
    const value = '>>>???>>>???'; // Pj4+Pz8/Pj4+Pz8/
    const query = new URLSearchParams({ basic: Buffer.from(value).toString('base64') });
    expect(knowing(value).scrub(`?${query.toString()}`)).toBe(`?basic=${REDACTED}`);
  });

  it('redacts a password in the user information of a URL', () => {
    const url = new URL('https://host/path');
    url.username = 'bot';
    url.password = SECRET;
    expect(knowing(SECRET).scrub(url.href)).toBe(`https://bot:${REDACTED}@host/path`);
  });

  it('redacts a value in the host of a URL', () => {
    const token = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';
    expect(knowing(token).scrub(new URL(`https://${token}.example/`).origin)).toBe(`https://${REDACTED}.example`);
  });

  it.each(['', 'x', 'bot:', 'x-access-token:', 'a longer user name:'])(
    'redacts a token in basic authentication after %j',
    (user) => {
      const token = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';
      const header = Buffer.from(`${user}${token}@tail`).toString('base64');
      const clean = knowing(token).scrub(`Basic ${header}.`);
      const kept = clean.replace(/^Basic /, '').split(REDACTED);
      expect(kept).toHaveLength(2);
      expect(Buffer.from(kept[0]!, 'base64').toString()).toBe(user.slice(0, Buffer.from(kept[0]!, 'base64').length));
    },
  );

  it('redacts a PEM key line by line, as util.inspect prints it', () => {
    const lines = Array.from({ length: 4 }, (_, i) => `${i}`.repeat(64));
    const key = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
    const printed = knowing(key).scrub(inspect({ nested: { key } }));
    lines.forEach((line) => expect(printed).not.toContain(line.slice(0, 8)));
  });

  it('ignores values of fewer than eight characters, and its own mark', () => {
    const scrubber = knowing('1234567', '', REDACTED, 'redacted');
    expect(scrubber.scrub(`1234567 ${REDACTED}`)).toBe(`1234567 ${REDACTED}`);
  });

  it('redacts overlapping and adjoining values completely', () => {
    const scrubber = knowing('abcdefghij', 'ghijklmnop', 'QRSTUVWX', 'abcdefghijkl');
    expect(scrubber.scrub('<abcdefghijklmnopQRSTUVWX>')).toBe(`<${REDACTED}>`);
  });

  it('redacts each value anywhere in a text, and nothing else', () => {
    const value = anyText({ minLength: 8, maxLength: 40 });
    const text = anyText({ maxLength: 20 });
    fc.assert(
      fc.property(value, text, text, (secret, before, after) => {
        fc.pre(!REDACTED.includes(secret));
        const clean = knowing(secret).scrub(before + secret + after);
        expect(clean).toContain(REDACTED);
        expect(clean.replaceAll(REDACTED, '')).not.toContain(secret);
        expect(before.startsWith(clean.split(REDACTED)[0]!)).toBe(true);
        expect(after.endsWith(clean.split(REDACTED).at(-1)!)).toBe(true);
      }),
    );
  });

  it('redacts for a tenant only its own values and ours, and without a tenant all values', () => {
    const scrubber = new Scrubber();
    scrubber.add('vulnerability', 'globex');
    scrubber.add('shared-by-both', 'globex');
    scrubber.add('shared-by-both', 'acme');
    scrubber.add('of-this-service');
    const text = 'vulnerability shared-by-both of-this-service';
    expect(scrubber.scrub(text, 'acme')).toBe(`vulnerability ${REDACTED} ${REDACTED}`);
    expect(scrubber.scrub(text, 'globex')).toBe(`${REDACTED} ${REDACTED} ${REDACTED}`);
    expect(scrubber.scrub(text, 'initech')).toBe(`vulnerability shared-by-both ${REDACTED}`);
    expect(scrubber.scrub(text)).toBe(`${REDACTED} ${REDACTED} ${REDACTED}`);
  });

  it('keeps the values added last, and counts a value added again as new', () => {
    const scrubber = new Scrubber(2);
    ['first-value-01', 'second-value-2', 'first-value-01', 'third-value-03'].forEach((value) => scrubber.add(value));
    expect(scrubber.scrub('first-value-01 second-value-2 third-value-03')).toBe(
      `${REDACTED} second-value-2 ${REDACTED}`,
    );
  });

  it('forgets the oldest values to make room for long keys, and never the last one', () => {
    const key = (name: string) => Array.from({ length: 40 }, (_, line) => `${name}-line-${line}`).join('\n');
    const scrubber = new Scrubber(50, 120); // two such keys
    const values = ['first-value-01', key('second'), key('third'), key('fourth')];
    values.forEach((value) => scrubber.add(value));
    const lines = ['first-value-01', 'second-line-7', 'third-line-7', 'fourth-line-7'];
    expect(lines.map((line) => scrubber.scrub(line))).toEqual([...lines.slice(0, 2), REDACTED, REDACTED]);

    scrubber.add([1, 2, 3, 4].map((part) => key(`longest-${part}`)).join('\n'));
    expect(scrubber.scrub('longest-4-line-7')).toBe(REDACTED);
    expect(lines.map((line) => scrubber.scrub(line))).toEqual(lines);
  });

  it('forgets a token an hour after its expiry, unless it is also a stored secret', () => {
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
    const scrubber = new Scrubber();
    scrubber.add('expired-token', 'acme', hours(-1.1));
    scrubber.add('just-expired-token', 'acme', hours(-0.9));
    scrubber.add('renewed-token', 'acme', hours(-1.1));
    scrubber.add('renewed-token', 'acme', hours(1));
    scrubber.add('stored-token', 'acme');
    scrubber.add('stored-token', 'acme', hours(-1.1));
    const tokens = ['expired-token', 'just-expired-token', 'renewed-token', 'stored-token'];
    expect(tokens.map((token) => scrubber.scrub(token))).toEqual(tokens.map(() => REDACTED));
    for (let n = 0; n < 1_000; n += 1) scrubber.add(`another-value-${n}`);
    expect(tokens.map((token) => scrubber.scrub(token))).toEqual(['expired-token', REDACTED, REDACTED, REDACTED]);
  });

  it("forgets a tenant's secret that was not added again for a day, but never ours", () => {
    jest.useFakeTimers();
    const hour = 3_600_000;
    const scrubber = knowing('value-of-ours');
    scrubber.add('deleted-secret', 'acme');
    scrubber.add('stored-secret', 'acme');
    jest.advanceTimersByTime(24 * hour);
    scrubber.add('stored-secret', 'acme');
    jest.advanceTimersByTime(hour + 1);
    for (let n = 0; n < 1_000; n += 1) scrubber.add(`another-value-${n}`, 'acme');
    const values = ['value-of-ours', 'deleted-secret', 'stored-secret'];
    expect(values.map((value) => scrubber.scrub(value))).toEqual([REDACTED, 'deleted-secret', REDACTED]);
    jest.useRealTimers();
  });

  it('redacts each of very many values with the same beginning', () => {
    const scrubber = new Scrubber();
    const values = Array.from({ length: 2_000 }, (_, n) => `ghs_same-head-${n}-`);
    values.forEach((value) => scrubber.add(value));
    expect(scrubber.scrub(`${values[0]} ${values[1_999]} ghs_same-head-2000-`)).toBe(
      `${REDACTED} ${REDACTED} ghs_same-head-2000-`,
    );
  });

  it('takes time that grows with the text, but not with the number of values', () => {
    const line = 'annotation posted onto acme/shop by the integration 0190c0de-0000-7000-8000 '.repeat(8);
    const many = new Scrubber();
    for (let i = 0; i < 2_000; i += 1) many.add(`ghs_${i.toString(36).padStart(30, 'x')}`);
    const cpuMs = processorTime();
    for (let i = 0; i < 500; i += 1) expect(many.scrub(line)).toBe(line);
    // Searching for one value after the other takes 17 s here.
    expect(cpuMs()).toBeLessThan(5_000);
  });
});
