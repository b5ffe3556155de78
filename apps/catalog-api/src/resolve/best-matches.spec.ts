import { bestMatches } from './best-matches';
import { readLocation } from './location';

async function match(repositoryUrl: string, bases: readonly (readonly string[])[]): Promise<string[]> {
  const location = readLocation({ repositoryUrl });
  if (!location.ok) throw new Error(location.errors[0]!.message);
  const found = await bestMatches(location.value, bases, (base) => base);
  return found.map((base) => base.join(' '));
}

describe('bestMatches', () => {
  it('finds the bases with the same host', async () => {
    expect(await match('https://github.com/acme/shop', [['github.com'], ['gitlab.com'], ['xgithub.com']])).toEqual([
      'github.com',
    ]);
    expect(await match('https://github.com/acme/shop', [['hub.com'], ['github.com.evil.example']])).toEqual([]);
  });

  it('prefers the longest path, by whole segments', async () => {
    const bases = [['gitlab.com'], ['gitlab.com/acme'], ['gitlab.com/acme/team'], ['gitlab.com/acme/te']];
    expect(await match('https://gitlab.com/acme/team/shop', bases)).toEqual(['gitlab.com/acme/team']);
    expect(await match('https://gitlab.com/acme/tea/shop', bases)).toEqual(['gitlab.com/acme']);
    expect(await match('https://gitlab.com/other/shop', bases)).toEqual(['gitlab.com']);
  });

  it('returns several bases when they match equally well', async () => {
    expect(
      await match('git@github.com:acme/shop', [['github.com'], ['github.com/other'], ['github.com']]),
    ).toHaveLength(2);
  });

  it('compares the port for web URLs and ignores it for SSH', async () => {
    const bases = [['git.example.com:8443'], ['git.example.com']];
    expect(await match('https://git.example.com:8443/a/b', bases)).toEqual(['git.example.com:8443']);
    expect(await match('https://git.example.com/a/b', bases)).toEqual(['git.example.com']);
    expect(await match('http://git.example.com/a/b', bases)).toEqual(['git.example.com']);
    expect(await match('ssh://git@git.example.com:7999/a/b', bases)).toHaveLength(2);
    expect(await match('https://git.example.com:9/a/b', bases)).toEqual([]);
  });

  it('matches when any one of several bases matches, and ignores invalid bases', async () => {
    expect(await match('https://github.com/acme/shop', [['', 'a b', 'github.com']])).toHaveLength(1);
    expect(await match('https://github.com/acme/shop', [[]])).toEqual([]);
  });

  it('matches an SSH base only for repositories cloned over SSH', async () => {
    const bases = [['example.com/gitlab', 'ssh://example.com']];
    expect(await match('git@example.com:acme/shop.git', bases)).toHaveLength(1);
    expect(await match('ssh://git@example.com:7999/acme/shop.git', bases)).toHaveLength(1);
    expect(await match('https://example.com/gitlab/acme/shop', bases)).toHaveLength(1);
    expect(await match('https://example.com/acme/shop', bases)).toEqual([]);
  });

  it('never matches the base itself', async () => {
    expect(await match('https://gitlab.com/acme', [['gitlab.com/acme']])).toEqual([]);
    expect(await match('https://gitlab.com/ACME/shop', [['gitlab.com/acme']])).toHaveLength(1);
  });

  it('searches thousands of bases without blocking the event loop', async () => {
    const location = readLocation({ repositoryUrl: 'https://github.com/acme/shop' });
    if (!location.ok) throw new Error('not a location');
    let looked = 0;
    const seen: number[] = [];
    const other = () => {
      seen.push(looked);
      if (looked < 2_000) setImmediate(other);
    };
    setImmediate(other);

    const found = await bestMatches(location.value, Array.from({ length: 2_000 }), () => {
      looked++;
      return ['github.com'];
    });

    expect(found).toHaveLength(2_000);
    const turns = seen.map((count, n) => count - (seen[n - 1] ?? 0));
    expect(Math.max(...turns)).toBeLessThanOrEqual(250);
  });
});
