import { createClean, oneLine } from './clean';
import { plain } from './plain';

const clean = createClean({ scrub: (text) => text.replaceAll('hunter2hunter2', '[redacted]'), ascii: false });

describe('cleaned text', () => {
  it('has no control, bidirectional or invisible characters', () => {
    expect(clean('a\u0000\u001b[31m\u202eb\u2066c\u200bd\u{e0041}\ufeff')).toBe('a[31mbcd');
  });

  it('keeps other scripts', () => {
    const text = 'Größe 寸法 גודל 👩‍💻';
    expect(clean(text)).toBe(text);
  });

  it('keeps lines, whatever ends them', () => expect(clean('a\r\nb\rc\nd')).toBe('a\nb\nc\nd'));

  it('is well-formed Unicode', () => expect(clean('a\ud800b').isWellFormed()).toBe(true));

  it('has overlong words cut', () => {
    expect(clean(`a ${'x'.repeat(5_000)} b`)).toBe(`a ${'x'.repeat(150)}… b`);
  });

  it.each([
    ['Chinese', '此处使用了未经验证的输入，可能导致命令注入。'],
    ['Japanese', 'この関数は検証されていない入力を使用しています。'],
    ['Thai', 'ฟังก์ชันนี้ใช้ข้อมูลที่ไม่ได้ตรวจสอบ'],
  ])('is kept whole in %s, which has no spaces between words', (_, sentence) => {
    expect(clean(sentence.repeat(20))).toBe(sentence.repeat(20));
    expect(clean(`${sentence}${'x'.repeat(5_000)}`)).toBe(`${sentence}${'x'.repeat(150)}…`);
  });

  it('is ASCII on request', () => {
    expect(createClean({ scrub: (text) => text, ascii: true })('naïve 👍')).toBe('na\\u{ef}ve \\u{1f44d}');
  });

  it('has known secrets removed', () => expect(clean('key hunter2hunter2')).toBe('key [redacted]'));

  // Assembled here, so that no scanner reports this file as a leak.
  it.each([
    ['GitHub', `ghp_${'a1'.repeat(18)}`],
    ['GitHub, in the long format used since 2026', `ghs_123456_eyJ${'a'.repeat(200)}.eyJ${'b'.repeat(200)}.c-d`],
    ['GitHub, fine-grained', `github_pat_${'a'.repeat(60)}`],
    ['GitLab', `glpat-${'a1'.repeat(10)}`],
    ['AWS', `AKIA${'ABCD'.repeat(4)}`],
    ['Slack', `xoxb-${'1234567890-'.repeat(2)}abc`],
    ['Stripe', `sk_live_${'a1'.repeat(12)}`],
    ['npm', `npm_${'a1'.repeat(18)}`],
    ['Bitbucket', `ATCTT3${'xF'.repeat(20)}=AB12CD34`],
    ['Bitbucket, as an app password', `ATBB${'a1'.repeat(14)}`],
    ['Azure DevOps', `${'a1B2'.repeat(19)}AZDO1a2b`],
    ['JWT', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.sig`],
    ['Vault', `hvs.${'a1'.repeat(14)}`],
    ['Google', `AIza${'a1B2c'.repeat(7)}`],
    ['Docker', `dckr_pat_${'a1'.repeat(13)}`],
    ['SendGrid', `SG.${'a1'.repeat(11)}.${'b2'.repeat(20)}`],
  ])('contains no token of %s', (_, token) => expect(clean(`found ${token} here`)).toBe('found [redacted] here'));

  it('contains no bearer token of any form', () =>
    expect(clean(`authorization: Bearer ${'a1+/'.repeat(5)}==`)).toBe('authorization: Bearer [redacted]'));

  it('contains no private key, whole or cut off', () => {
    const key = `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIE\n`;
    expect(clean(`a ${key}-----END RSA ${'PRIVATE'} KEY----- b`)).toBe('a [redacted] b');
    expect(clean(`a ${key}`)).toBe('a [redacted]');
  });

  it('contains no password in a URL', () =>
    expect(clean('see https://me:hunter2@a.example')).toBe('see https://[redacted]@a.example'));

  it('takes time linear to its length', () => {
    for (const part of [
      'eyJ-',
      'eyJa.eyJ-',
      '://a:',
      'ghp_.',
      '-----BEGIN ',
      '\n\n   ',
      'SG.aaaaaaaaaaaaaaaaaaaa.-',
      '漢x',
    ]) {
      const start = process.cpuUsage();
      clean(part.repeat(100_000 / part.length));
      expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
    }
  });
});

describe('oneLine', () => {
  it('cuts between characters', () => expect(oneLine('👍👍👍', 4, '…')).toBe('👍…'));

  it('joins lines, and returns no more than the maximum length', () => {
    expect(oneLine(' a\n\tb  c ', 5, '…')).toBe('a b c');
    expect(oneLine('a bcde', 5, '…')).toBe('a bc…');
  });
});

describe('plain text', () => {
  it('mentions nobody and triggers no quick action when a vendor posts it as a note', () => {
    expect(plain('/merge\n @me #1', { ascii: false })).toBe('\u200b/merge\n @\u200bme #\u200b1');
    expect(plain('/merge @me', { ascii: true })).toBe('./merge @ me');
  });

  it('contains no hidden marker', () => expect(plain('<!-- x -->', { ascii: true })).toBe('< !-- x -->'));
});
