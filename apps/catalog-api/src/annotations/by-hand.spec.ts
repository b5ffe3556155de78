import { execFileSync } from 'node:child_process';
import type { ScmAnnotation } from '@integrations/provider-kit';
import { curlOf, markdownOf } from './by-hand';

/** The arguments that a shell passes to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { for argument in "$@"; do printf '%s\\0' "$argument"; done; }; ${command}`;
  const env = { SCM_TOKEN: 'the token' };
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('curlOf', () => {
  it.each(["it's", '$(touch /tmp/x)', '`id`', '"quoted"', '\\', 'line\nbreak', '!!', '-n', '😀'])(
    'passes %j to the vendor unchanged, whatever it means to a shell',
    (text) => {
      const url = `https://forge.example/api/${encodeURIComponent(text)}'/x`;
      const body = { body: text, [text]: 1 };
      const given = argumentsOf(curlOf({ method: 'PATCH', url, body }));
      expect(given.at(-1)).toBe(url);
      expect(JSON.parse(given[given.indexOf('--data-raw') + 1]!)).toEqual(body);
      expect(given).toContain('Authorization: Bearer the token');
      expect(given[given.indexOf('-X') + 1]).toBe('PATCH');
    },
  );
});

describe('markdownOf', () => {
  const place = { owner: 'octo', repository: 'demo', wait: 'completed' } as const;
  const sha = 'a'.repeat(40);

  it('returns the body of a comment', () => {
    const request = { ...place, pullRequestNumber: 7, body: '**two** findings', updateExisting: true };
    expect(markdownOf({ operation: 'comment', request })).toBe('**two** findings');
  });

  it('renders a status as one line, with its link', () => {
    const request = {
      ...place,
      commitSha: sha,
      context: 'scan',
      state: 'failure',
      targetUrl: 'https://x.example',
    } as const;
    expect(markdownOf({ operation: 'status', request: { ...request, description: '2 critical' } })).toBe(
      '**scan**: failure — 2 critical\n\nhttps://x.example',
    );
    expect(markdownOf({ operation: 'status', request })).toBe('**scan**: failure\n\nhttps://x.example');
  });

  it('renders a check run with its findings', () => {
    const finding = { path: 'src/a.ts', startLine: 3, annotationLevel: 'failure', message: 'one\ntwo' } as const;
    const annotation: ScmAnnotation = {
      operation: 'check_run',
      request: {
        ...place,
        headSha: sha,
        name: 'scan',
        conclusion: 'failure',
        summary: 'Two findings.',
        annotations: [
          { ...finding, endLine: 5, title: 'SQL' },
          { ...finding, endLine: 3, message: 'three' },
        ],
      },
    };
    expect(markdownOf(annotation)).toBe(
      '### scan: failure\n\nTwo findings.\n\n' +
        '- failure: `src/a.ts:3-5` **SQL** one\n  two\n- failure: `src/a.ts:3` three',
    );
  });
});
