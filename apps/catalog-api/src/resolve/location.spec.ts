import type { ResolveIntegrationRequest } from '@integrations/contracts';
import { readBase, readLocation } from './location';

const read = (request: Partial<ResolveIntegrationRequest>) => readLocation(request);
const sha = 'a'.repeat(64);

describe('the location of a repository', () => {
  it.each([
    ['https://github.com/acme/shop', 'github.com', '', 'acme/shop'],
    ['https://github.com/acme/shop.git', 'github.com', '', 'acme/shop'],
    ['https://github.com/acme/shop/', 'github.com', '', 'acme/shop'],
    ['https://GitHub.COM./acme/shop', 'github.com', '', 'acme/shop'],
    ['http://git.example.com:80/acme/shop', 'git.example.com', '', 'acme/shop'],
    ['https://git.example.com:8443/group/sub/shop.git', 'git.example.com', '8443', 'group/sub/shop'],
    ['git+https://github.com/acme/shop.git', 'github.com', '', 'acme/shop'],
    ['https://acme@dev.azure.com/acme/web/_git/shop', 'dev.azure.com', '', 'acme/web/_git/shop'],
    ['ssh://git@github.com/acme/shop.git', 'github.com', null, 'acme/shop'],
    ['ssh://git@git.example.com:7999/PROJ/shop.git', 'git.example.com', null, 'PROJ/shop'],
    ['git+ssh://git@GitHub.com/acme/shop', 'github.com', null, 'acme/shop'],
    ['git://github.com/acme/shop', 'github.com', null, 'acme/shop'],
    ['git@github.com:acme/shop.git', 'github.com', null, 'acme/shop'],
    ['org-1234@github.com:acme/shop.git', 'github.com', null, 'acme/shop'],
    ['github.com:/acme/shop', 'github.com', null, 'acme/shop'],
    ['git@[::1]:acme/shop', '[::1]', null, 'acme/shop'],
    ['https://bücher.example/acme/shop', 'xn--bcher-kva.example', '', 'acme/shop'],
    ['ssh://git@bücher.example/acme/shop', 'xn--bcher-kva.example', null, 'acme/shop'],
    ['git@bücher.example:acme/shop', 'xn--bcher-kva.example', null, 'acme/shop'],
  ])('is read from %s', (repositoryUrl, host, port, path) => {
    const value = { field: 'repositoryUrl', host, port, path: path.split('/') };
    expect(read({ repositoryUrl })).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'must be a URL'],
    ['acme/shop', 'must be a URL'],
    ['https://', 'must be an http'],
    ['file:///etc/passwd', 'must be an http'],
    ['javascript://github.com/acme/shop', 'must be an http'],
    ['https://github.com', 'must name a repository'],
    ['https://github.com/', 'must name a repository'],
    ['git@github.com:/', 'must name a repository'],
    ['https://hunter2@github.com/acme/shop', 'must not contain a user or password'],
    ['https://bot:hunter2@github.com/acme/shop', 'must not contain a user or password'],
    ['ssh://git:hunter2@github.com/acme/shop', 'must not contain a user or password'],
    ['bot:hunter2@github.com/acme/shop', 'must not contain a user or password'],
    ['https://github.com/acme/shop?token=hunter2', 'must have no query'],
    ['https://github.com/acme/shop#hunter2', 'must have no query'],
    ['git@github.com:../shop', 'must have a path'],
    ['git@github.com:acme//shop', 'must have a path'],
    ['https://github.com/acme//shop', 'must have a path'],
    ['C:\\work\\shop', 'must not contain spaces'],
    ['https://github.com/acme/\u202eshop', 'must not contain spaces'],
    ['ssh://git@github.com%2f.evil.example/acme/shop', 'must name a host'],
    ['https://./acme/shop', 'must name a host'],
    ['。:acme/shop', 'must name a host'],
    ['git@github com:acme/shop', 'must not contain spaces'],
    ['git@github.com?x:acme/shop', 'must name a host'],
  ])('refuses %j without quoting it', (repositoryUrl, message) => {
    const location = read({ repositoryUrl });
    const errors = [{ field: 'repositoryUrl', message: expect.stringContaining(message) }];
    expect(location).toEqual({ ok: false, errors });
    expect(JSON.stringify(location)).not.toContain('hunter2');
  });
});

describe('the location of an image', () => {
  it.each([
    ['alpine', 'docker.io', '', 'library/alpine'],
    ['alpine:3.22', 'docker.io', '', 'library/alpine'],
    ['acme/shop', 'docker.io', '', 'acme/shop'],
    ['docker.io/alpine', 'docker.io', '', 'library/alpine'],
    ['index.docker.io/acme/shop', 'docker.io', '', 'acme/shop'],
    ['registry-1.docker.io/acme/shop:1', 'docker.io', '', 'acme/shop'],
    ['INDEX.Docker.IO/alpine', 'docker.io', '', 'library/alpine'],
    ['registry.hub.docker.com/acme/shop', 'docker.io', '', 'acme/shop'],
    [`docker.io/library/alpine:3@sha256:${sha}`, 'docker.io', '', 'library/alpine'],
    ['registry.example.com:443/shop', 'registry.example.com', '', 'shop'],
    ['[::1]:5000/team/shop:v1', '[::1]', '5000', 'team/shop'],
    ['ghcr.io/acme/shop:v1.2', 'ghcr.io', '', 'acme/shop'],
    [`ghcr.io/acme/shop@sha256:${sha}`, 'ghcr.io', '', 'acme/shop'],
    [`harbor.example.com:8443/team/sub/shop:v1@sha256:${sha}`, 'harbor.example.com', '8443', 'team/sub/shop'],
    ['localhost/shop', 'localhost', '', 'shop'],
    ['localhost:5000/shop', 'localhost', '5000', 'shop'],
    ['127.0.0.1:5000/shop', '127.0.0.1', '5000', 'shop'],
    ['GHCR.IO/acme/shop', 'ghcr.io', '', 'acme/shop'],
    [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop__a-b.c',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      '',
      'shop__a-b.c',
    ],
  ])('is read from %s', (imageRef, host, port, path) => {
    expect(read({ imageRef })).toEqual({ ok: true, value: { field: 'imageRef', host, port, path: path.split('/') } });
  });

  it.each([
    '',
    'Shop',
    'ghcr.io/',
    'ghcr.io/acme/Shop',
    'ghcr.io//shop',
    'ghcr.io/acme/../shop',
    'https://ghcr.io/acme/shop',
    'user:hunter2@ghcr.io/acme/shop',
    'user@ghcr.io/acme/shop',
    'ghcr.io/acme/shop@sha256:123',
    'ghcr.io/acme/shop:',
    'ghcr.io:port/acme/shop',
    'ghcr.io/acme/shop:tag with spaces',
    './shop',
  ])('refuses %j without quoting it', (imageRef) => {
    const location = read({ imageRef });
    expect(location).toEqual({ ok: false, errors: [{ field: 'imageRef', message: expect.stringMatching(/^must /) }] });
    expect(JSON.stringify(location)).not.toContain('hunter2');
  });
});

it('readLocation needs a repository or an image, but not both', () => {
  expect(read({})).toMatchObject({
    ok: false,
    errors: [{ field: 'repositoryUrl', message: 'is required unless imageRef is given' }],
  });
  expect(read({ repositoryUrl: 'git@a:b/c', imageRef: 'alpine' })).toMatchObject({
    ok: false,
    errors: [{ field: 'imageRef' }],
  });
});

it('readBase reads valid bases and returns null for others', () => {
  expect(readBase('github.com')).toEqual({ host: 'github.com', port: '', path: [] });
  expect(readBase('Example.com:443/Git/')).toEqual({ host: 'example.com', port: '', path: ['Git'] });
  expect(readBase('registry-1.docker.io')).toEqual({ host: 'docker.io', port: '', path: [] });
  expect(readBase('user@github.com')).toBeNull();
  expect(readBase('')).toBeNull();
});
