import { selfSignedRsa } from '../../support/certificates';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry';
import { TokenServer } from '../../support/token-server';
import { connectOci, INDEX, MANIFEST, push } from './support';

const USER = 'release-bot';
const PASSWORD = 'a-password-of-the-test-registry';
/** The bcrypt hash of the password. The registry accepts no other hash of htpasswd. */
const HTPASSWD = `${USER}:$2y$04$abcdefghijklmnopqrstuue61oafAJXzKxj8Na.FHuvjdnyeAL0Da\n`;
const ALL = { limit: 100, cursor: null, q: null };
const live = () => AbortSignal.timeout(10_000);

describe("Debian's docker-registry without authentication", () => {
  let real: DockerRegistry;
  let oci: ReturnType<typeof connectOci>;
  let digest: string;

  beforeAll(async () => {
    real = await startDockerRegistry();
    oci = connectOci(real.url, { config: { canary: 'team/app:v1' } });
    digest = await push(real, 'team/app', 'v1', { mediaType: MANIFEST });
    for (const tag of ['v2', 'v10', 'edge']) await push(real, 'team/app', tag, { mediaType: MANIFEST });
    for (const name of ['alpine', 'team/sub/tools']) await push(real, name, 'v1', { mediaType: MANIFEST });
  });
  afterAll(async () => {
    await oci.close();
    await real.stop();
  });

  it('is used anonymously', async () => {
    expect(await oci.test()).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: 'anonymous' } },
      permissions: { required: ['pull'], granted: ['pull'], missing: [], how: 'observed' },
      capabilities: ['repositories', 'tags', 'digest', 'referrers'],
    });
  });

  it('has its repositories listed by following its links', async () => {
    const first = await oci.repositories({ ...ALL, limit: 2 }, live());
    expect(first.items.map(({ id }) => id)).toEqual(['alpine', 'team/app']);
    const rest = await oci.repositories({ ...ALL, limit: 2, cursor: first.nextCursor }, live());
    expect(rest).toMatchObject({
      items: [{ id: 'team/sub/tools', owner: 'team/sub', name: 'tools' }],
      nextCursor: null,
    });
  });

  it('has its tags listed in pages, although it neither pages nor sorts them', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await oci.registry.listTags('team/app', { limit: 3, cursor, q: null }, live());
      expect(page.items.length).toBeLessThanOrEqual(3);
      names.push(...page.items.map(({ name }) => name));
      ({ nextCursor: cursor } = page);
    } while (cursor !== null);
    expect(names.sort()).toEqual(['edge', 'v1', 'v10', 'v2']);
    const found = await oci.registry.listTags('team/app', { ...ALL, q: 'v1' }, live());
    expect(found.items.map(({ name }) => name).sort()).toEqual(['v1', 'v10']);
  });

  it('has tags and digests resolved to the digest of the pushed bytes', async () => {
    for (const reference of ['v1', digest]) {
      const found = await oci.registry.resolveDigest('team/app', reference, { platform: null }, live());
      expect(found).toMatchObject({ repository: 'team/app', reference, digest, mediaType: MANIFEST });
    }
  });

  it('has an index resolved to the image of one platform', async () => {
    const child = (tag: string) => push(real, 'team/multi', tag, { mediaType: MANIFEST, annotations: { tag } });
    const [amd64, arm64] = [await child('amd64'), await child('arm64')];
    const entry = (digest: string, platform: object) => ({ mediaType: MANIFEST, digest, size: 100, platform });
    const manifests = [
      entry(amd64, { os: 'linux', architecture: 'amd64' }),
      entry(arm64, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
    ];
    const index = await push(real, 'team/multi', 'latest', { mediaType: INDEX, manifests });
    const resolve = (platform: string | null) =>
      oci.registry.resolveDigest('team/multi', 'latest', { platform }, live());

    expect(await resolve(null)).toMatchObject({ digest: index, mediaType: INDEX });
    expect(await resolve('linux/amd64')).toMatchObject({ digest: amd64, platform: 'linux/amd64' });
    expect(await resolve('linux/arm64')).toMatchObject({ digest: arm64, platform: 'linux/arm64/v8' });
    await expect(resolve('windows/amd64')).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('has referrers found by the tag scheme, because it lacks the referrers API', async () => {
    const list = (artifactType: string | null) =>
      oci.registry.listReferrers('team/app', digest, { ...ALL, artifactType }, live());
    expect(await list(null)).toEqual({ items: [], nextCursor: null });

    const annotations = { kind: 'sbom' };
    const sbom = await push(real, 'team/app', 'sbom', { mediaType: MANIFEST, annotations });
    const entry = { mediaType: MANIFEST, digest: sbom, size: 7, artifactType: 'application/spdx+json', annotations };
    await push(real, 'team/app', digest.replace(':', '-'), { mediaType: INDEX, manifests: [entry] });
    expect(await list(null)).toEqual({ items: [entry], nextCursor: null });
    expect(await list('application/spdx+json')).toMatchObject({ items: [{ digest: sbom }] });
    expect(await list('application/vnd.example.signature')).toMatchObject({ items: [] });
  });

  it('has referrers of a longer digest found by a truncated tag', async () => {
    const sha512 = `sha512:${'5'.repeat(128)}`;
    const entry = { mediaType: MANIFEST, digest, size: 7, artifactType: 'application/spdx+json', annotations: {} };
    await push(real, 'team/app', `sha512-${'5'.repeat(64)}`, { mediaType: INDEX, manifests: [entry] });
    const list = await oci.registry.listReferrers('team/app', sha512, { ...ALL, artifactType: null }, live());
    expect(list).toEqual({ items: [entry], nextCursor: null });
  });

  it.each(['team/none', 'team/app'])('reports missing content as not found: %s', async (repository) => {
    const missing = oci.registry.resolveDigest(repository, 'nonesuch', { platform: null }, live());
    await expect(missing).rejects.toMatchObject({ code: 'not_found_or_no_access', transient: false });
  });
});

describe("Debian's docker-registry that returns less per page than requested", () => {
  it('is asked again, with its own page size', async () => {
    const real = await startDockerRegistry({ maxEntries: 2 });
    const oci = connectOci(real.url);
    try {
      for (const name of ['alpine', 'team/app', 'team/tools']) await push(real, name, 'v1', { mediaType: MANIFEST });
      const names = async (query: object) =>
        (await oci.repositories({ ...ALL, ...query }, live())).items.map(({ id }) => id);
      expect(await names({})).toEqual(['alpine', 'team/app', 'team/tools']);
      expect(await names({ q: 'team' })).toEqual(['team/app', 'team/tools']);
    } finally {
      await oci.close();
      await real.stop();
    }
  });
});

describe("Debian's docker-registry with htpasswd", () => {
  let real: DockerRegistry;
  const basic = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

  beforeAll(async () => {
    real = await startDockerRegistry({ auth: { htpasswd: HTPASSWD } });
    await push(real, 'team/app', 'v1', { mediaType: MANIFEST }, { authorization: basic });
  });
  afterAll(() => real.stop());

  it.each([
    ['the password of a user', { config: { username: USER, canary: 'team/app:v1' }, secret: PASSWORD }],
    ['user and password in one secret', { config: { canary: 'team/app:v1' }, secret: `${USER}:${PASSWORD}` }],
  ])('accepts %s', async (_what, settings) => {
    const oci = connectOci(real.url, settings);
    expect(await oci.test()).toMatchObject({ status: 'healthy', principal: { id: USER, kind: 'user' } });
    expect(await oci.check()).toMatchObject({ status: 'healthy' });
    expect((await oci.repositories(ALL, live())).items).toHaveLength(1);
    await oci.close();
  });

  it.each([
    ['a wrong password', { config: { username: USER }, secret: 'wrong-password-wrong' }, 'credential_invalid'],
    ['no credential', {}, 'credential_missing'],
  ])('refuses %s', async (_what, settings, code) => {
    const oci = connectOci(real.url, settings);
    expect(await oci.test()).toMatchObject({ status: 'unhealthy', code });
    await expect(oci.registry.listTags('team/app', ALL, live())).rejects.toMatchObject({ code: 'unauthenticated' });
    await oci.close();
  });
});

describe("Debian's docker-registry with a token server", () => {
  let tokens: TokenServer;
  let real: DockerRegistry;

  beforeAll(async () => {
    const grants = (user: string | null, type: string, name: string) => {
      if (user === null) return name === 'public/tools' ? ['pull'] : [];
      if (type === 'registry') return ['*'];
      return name === 'team/app' ? ['pull', 'push'] : [];
    };
    tokens = await TokenServer.start({ users: { [USER]: PASSWORD }, grants });
    const { realm, service, issuer, certificate } = tokens;
    real = await startDockerRegistry({ auth: { token: { realm, service, issuer, certificate } } });
    for (const name of ['team/app', 'public/tools', 'team/secret']) {
      const authorization = `Bearer ${tokens.mint('root', [{ type: 'repository', name, actions: ['pull', 'push'] }])}`;
      await push(real, name, 'v1', { mediaType: MANIFEST }, { authorization });
    }
  });
  afterAll(async () => {
    await real.stop();
    await tokens.stop();
  });
  beforeEach(() => {
    tokens.requests.length = 0;
    tokens.skew = 0;
  });

  const connected = (config: object = {}, secret: string | null = PASSWORD) =>
    connectOci(real.url, {
      config: { tokenServer: tokens.origin, ...(secret ? { username: USER } : {}), ...config },
      ...(secret ? { secret } : {}),
    });

  it('shows through its tokens whom they are for and what they allow beyond the need', async () => {
    const oci = connected({ canary: 'team/app:v1' });
    expect(await oci.test()).toMatchObject({
      ...{ status: 'healthy', principal: { id: USER } },
      permissions: { granted: ['pull', 'push'], missing: [], excess: ['push'], how: 'token_claims' },
    });
    await oci.close();
  });

  it('shows through the token alone that a required permission is missing', async () => {
    const oci = connected({ canary: 'team/secret:v1' });
    expect(await oci.test()).toMatchObject({
      ...{ status: 'unhealthy', code: 'scope_insufficient' },
      permissions: { missing: ['pull'], how: 'token_claims' },
    });
    const refused = oci.registry.listTags('team/secret', ALL, live());
    await expect(refused).rejects.toMatchObject({ code: 'permission_missing' });
    await oci.close();
  });

  it('lets anonymous users pull public repositories only', async () => {
    const oci = connected({}, null);
    expect((await oci.registry.listTags('public/tools', ALL, live())).items).toHaveLength(1);
    await expect(oci.registry.listTags('team/app', ALL, live())).rejects.toMatchObject({ code: 'permission_missing' });
    await oci.close();
  });

  it('needs only one token request per scope', async () => {
    const oci = connected();
    const resolve = () => oci.registry.resolveDigest('team/app', 'v1', { platform: null }, live());
    await Promise.all([resolve(), resolve(), resolve()]);
    await resolve();
    expect(tokens.requests.map((query) => query.getAll('scope'))).toEqual([['repository:team/app:pull']]);
    await oci.close();
  });

  it('gets no credential sent to a token server that the config does not name', async () => {
    const oci = connectOci(real.url, { config: { username: USER }, secret: PASSWORD });
    expect(await oci.test()).toMatchObject({ status: 'unhealthy', code: 'egress_blocked' });
    await expect(oci.repositories(ALL, live())).rejects.toMatchObject({ code: 'egress_blocked' });
    expect(tokens.requests).toEqual([]);
    await oci.close();
  });

  it('refuses tokens that are not valid yet, without endless retries', async () => {
    tokens.skew = 600;
    const oci = connected();
    await expect(oci.registry.listTags('team/app', ALL, live())).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tokens.requests.length).toBeLessThanOrEqual(3);
    await oci.close();
  });
});

describe("Debian's docker-registry over TLS with its own CA", () => {
  const tls = selfSignedRsa();
  let real: DockerRegistry;

  beforeAll(async () => {
    real = await startDockerRegistry({ tls });
    await push(real, 'team/app', 'v1', { mediaType: MANIFEST });
  });
  afterAll(() => real.stop());

  it("is trusted through the integration's CA bundle", async () => {
    const oci = connectOci(real.url, { config: { caBundle: tls.cert, canary: 'team/app:v1' } });
    expect(await oci.test()).toMatchObject({ status: 'healthy', tls: { issuer: 'CN=Test authority' } });
    await oci.close();
  });

  it('is not trusted without the CA bundle', async () => {
    const oci = connectOci(real.url);
    expect(await oci.test()).toMatchObject({ status: 'unhealthy', code: 'tls_untrusted' });
    await oci.close();
  });
});
