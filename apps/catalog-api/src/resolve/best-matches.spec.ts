import { bestMatches } from './best-matches';
import { readLocation } from './location';

function match(repositoryUrl: string, bases: readonly (readonly string[])[]): string[] {
  const location = readLocation({ repositoryUrl });
  if (!location.ok) throw new Error(location.errors[0]!.message);
  return bestMatches(location.value, bases, (base) => base).map((base) => base.join(' '));
}

describe('the best matches', () => {
  it('are those with the host', () => {
    expect(match('https://github.com/acme/shop', [['github.com'], ['gitlab.com'], ['xgithub.com']])).toEqual([
      'github.com',
    ]);
    expect(match('https://github.com/acme/shop', [['hub.com'], ['github.com.evil.example']])).toEqual([]);
  });

  it('are those with the longest path, by whole segments', () => {
    const bases = [['gitlab.com'], ['gitlab.com/acme'], ['gitlab.com/acme/team'], ['gitlab.com/acme/te']];
    expect(match('https://gitlab.com/acme/team/shop', bases)).toEqual(['gitlab.com/acme/team']);
    expect(match('https://gitlab.com/acme/tea/shop', bases)).toEqual(['gitlab.com/acme']);
    expect(match('https://gitlab.com/other/shop', bases)).toEqual(['gitlab.com']);
  });

  it('are several when they match equally well', () => {
    expect(match('git@github.com:acme/shop', [['github.com'], ['github.com/other'], ['github.com']])).toHaveLength(2);
  });

  it('take account of the port on the web, and none over SSH', () => {
    const bases = [['git.example.com:8443'], ['git.example.com']];
    expect(match('https://git.example.com:8443/a/b', bases)).toEqual(['git.example.com:8443']);
    expect(match('https://git.example.com/a/b', bases)).toEqual(['git.example.com']);
    expect(match('http://git.example.com/a/b', bases)).toEqual(['git.example.com']);
    expect(match('ssh://git@git.example.com:7999/a/b', bases)).toHaveLength(2);
    expect(match('https://git.example.com:9/a/b', bases)).toEqual([]);
  });

  it('take account of one base out of several, and none of what is no base', () => {
    expect(match('https://github.com/acme/shop', [['', 'a b', 'github.com']])).toHaveLength(1);
    expect(match('https://github.com/acme/shop', [[]])).toEqual([]);
  });

  it('are those below a base of SSH alone for what is cloned over SSH, and for nothing else', () => {
    const bases = [['example.com/gitlab', 'ssh://example.com']];
    expect(match('git@example.com:acme/shop.git', bases)).toHaveLength(1);
    expect(match('ssh://git@example.com:7999/acme/shop.git', bases)).toHaveLength(1);
    expect(match('https://example.com/gitlab/acme/shop', bases)).toHaveLength(1);
    expect(match('https://example.com/acme/shop', bases)).toEqual([]);
  });

  it('are never the base itself', () => {
    expect(match('https://gitlab.com/acme', [['gitlab.com/acme']])).toEqual([]);
    expect(match('https://gitlab.com/ACME/shop', [['gitlab.com/acme']])).toHaveLength(1);
  });
});
