import { FakeRegistry, type FakeRegistryOptions } from '../../../../test/support/fake-registry';
import { ALL, clientOf, live } from './__fixtures__/client';

const SBOM = 'application/spdx+json';
const SIGNATURE = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const REFERRERS = { ...ALL, artifactType: null };

async function withRegistry(
  options: FakeRegistryOptions,
  work: (client: ReturnType<typeof clientOf>['registry'], fake: FakeRegistry) => Promise<void>,
): Promise<void> {
  const fake = await FakeRegistry.start(options);
  const client = clientOf(fake.url, { credentials: [null] });
  try {
    await work(client.registry, fake);
  } finally {
    await client.close();
    await fake.close();
  }
}

const paths = ({ requests }: FakeRegistry) => requests.map(({ method, path }) => `${method} ${path}`);

describe('listReferrers', () => {
  it('reads the referrers API, page by page and by type', () =>
    withRegistry({ basePath: '/prefix' }, async (registry, fake) => {
      const repository = fake.repository('team/app');
      const image = repository.push('v1');
      const [sbom, signature] = [repository.refer(image, SBOM, { by: 'ci' }), repository.refer(image, SIGNATURE)];
      const list = (query: object) =>
        registry.listReferrers('team/app', image.digest, { ...REFERRERS, ...query }, live());

      const first = await list({ limit: 1 });
      expect(first.items).toEqual([
        {
          ...{ digest: sbom.digest, mediaType: sbom.mediaType, size: Buffer.byteLength(sbom.body) },
          ...{ artifactType: SBOM, annotations: { by: 'ci' } },
        },
      ]);
      const rest = await list({ limit: 1, cursor: first.nextCursor });
      expect(rest).toMatchObject({ items: [{ digest: signature.digest }], nextCursor: null });
      expect((await list({ artifactType: SIGNATURE })).items).toHaveLength(1);
      expect((await list({ q: 'spdx' })).items).toHaveLength(1);
    }));

  it('falls back to the referrers tag if there is no API, and does not call the API again', () =>
    withRegistry({ hasReferrers: false }, async (registry, fake) => {
      const repository = fake.repository('team/app');
      const image = repository.push('v1');
      repository.refer(image, SBOM);
      repository.tagReferrers(image);
      const list = (digest: string) => registry.listReferrers('team/app', digest, REFERRERS, live());

      expect((await list(image.digest)).items).toMatchObject([{ artifactType: SBOM }]);
      expect((await list(repository.push('v2').digest)).items).toEqual([]);
      expect(paths(fake).filter((path) => path.includes('/referrers/'))).toHaveLength(1);
    }));

  // Quay since 3.12, older Quay (https://github.com/quay/quay/pull/3071), and a registry that rejects the digest.
  it.each([
    { status: 400, code: 'MANIFEST_INVALID' },
    { status: 404, code: 'MANIFEST_UNKNOWN' },
    { status: 400, code: 'DIGEST_INVALID' },
  ])('keeps using the API after a missing image, which the registry reports as %j', (unknownSubject) =>
    withRegistry({ unknownSubject }, async (registry, fake) => {
      const repository = fake.repository('team/app');
      const image = repository.push('v1');
      repository.refer(image, SIGNATURE);
      const list = async (digest: string) =>
        (await registry.listReferrers('team/app', digest, REFERRERS, live())).items;

      expect(await list(`sha256:${'a'.repeat(64)}`)).toEqual([]);
      expect(await list(image.digest)).toMatchObject([{ artifactType: SIGNATURE }]);
    }),
  );

  it('calls the API for each concurrent request if the first answer concerns only its own image', () =>
    withRegistry({ unknownSubject: { status: 400, code: 'MANIFEST_INVALID' } }, async (registry, fake) => {
      const repository = fake.repository('team/app');
      const image = repository.push('v1');
      repository.refer(image, SIGNATURE);
      const listed = [`sha256:${'a'.repeat(64)}`, image.digest].map((digest) =>
        registry.listReferrers('team/app', digest, REFERRERS, live()),
      );
      expect((await Promise.all(listed)).map(({ items }) => items.length)).toEqual([0, 1]);
    }));

  it('rejects a repository that does not exist instead of listing nothing', () =>
    withRegistry({}, async (registry) => {
      const listed = registry.listReferrers('team/none', `sha256:${'a'.repeat(64)}`, REFERRERS, live());
      await expect(listed).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    }));
});

describe('resolveDigest of an image for several platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/arm64', 'linux/arm64/v8'],
    ['linux/arm/v7', 'linux/arm/v7'],
  ])('finds the image for %s', (platform, found) =>
    withRegistry({}, async (registry, fake) => {
      const index = fake
        .repository('team/app')
        .pushIndex('v1', ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v6', 'linux/arm/v7']);
      const resolved = await registry.resolveDigest('team/app', 'v1', { platform }, live());
      expect(resolved).toMatchObject({ reference: 'v1', platform: found });
      expect(resolved.digest).not.toBe(index.digest);
    }),
  );

  it.each([
    ['a platform without an image', 'windows/amd64'],
    ['a platform with several variants', 'linux/arm'],
  ])('is refused for %s', (_what, platform) =>
    withRegistry({}, async (registry, fake) => {
      fake.repository('team/app').pushIndex('v1', ['linux/amd64', 'linux/arm/v6', 'linux/arm/v7']);
      const resolved = registry.resolveDigest('team/app', 'v1', { platform }, live());
      await expect(resolved).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    }),
  );

  it('is refused for an image of a single platform', () =>
    withRegistry({}, async (registry, fake) => {
      fake.repository('team/app').push('v1');
      const resolved = registry.resolveDigest('team/app', 'v1', { platform: 'linux/amd64' }, live());
      await expect(resolved).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    }));
});

describe("A registry's answers", () => {
  it('update its quota, and add each of its warnings once', () => {
    const headers = {
      ...{ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
      warning: '299 - "This host goes away in March"',
    };
    return withRegistry({ headers }, async (registry, fake) => {
      fake.repository('team/app').push('v1');
      await registry.listTags('team/app', ALL, live());
      await registry.resolveDigest('team/app', 'v1', { platform: null }, live());
      expect(registry.quota).toEqual({ limit: 100, remaining: 76 });
      expect(registry.warnings).toEqual(['This host goes away in March']);
    });
  });
});

describe('A refusal of a registry', () => {
  const LOCKED = 'This request is blocked due to recurrent login failures, please try again';
  const body = (code: string) => JSON.stringify({ errors: [{ code, message: 'secret-of-theirs', detail: {} }] });

  it.each([
    [400, body('NAME_INVALID'), 'invalid_request', false],
    [403, body('DENIED'), 'permission_missing', false],
    [404, body('NAME_UNKNOWN'), 'not_found_or_no_access', false],
    [404, '404 page not found', 'not_found_or_no_access', false],
    [404, '{"errors":[{"code":{"toString":0}}]}', 'not_found_or_no_access', false],
    [405, body('UNSUPPORTED'), 'unsupported_operation', false],
    [429, body('TOOMANYREQUESTS'), 'rate_limited', true],
    [503, body('TOOMANYREQUESTS'), 'rate_limited', true],
    [500, body('UNKNOWN'), 'provider_unavailable', true],
    [502, '<html>secret-of-theirs</html>', 'provider_unavailable', true],
  ])('with status %d and body %s becomes %s', (status, text, code, transient) =>
    withRegistry({}, async (registry, fake) => {
      fake.faults.inject({
        when: ({ path }) => path.includes('/tags/'),
        processed: false,
        reply: { status, body: text },
      });
      const listed = registry.listTags('team/app', ALL, live());
      await expect(listed).rejects.toMatchObject({ code, transient, httpStatus: status });
      await expect(listed).rejects.not.toMatchObject({ message: expect.stringContaining('secret-of-theirs') });
    }),
  );

  it('of the page size leads to a request without one', () =>
    withRegistry({}, async (registry, fake) => {
      fake.repository('team/app').push('v1');
      const reply = { status: 400, body: body('PAGINATION_NUMBER_INVALID') };
      fake.faults.inject({ when: ({ query }) => query['n'] === '1000', processed: false, reply });
      const found = await registry.listTags('team/app', { ...ALL, q: 'v' }, live());
      expect(found.items).toMatchObject([{ name: 'v1' }]);
      expect(fake.requests.slice(-2).map(({ query }) => query)).toEqual([{ n: '1000' }, {}]);
    }));

  it.each([
    [{ code: 'UNKNOWN', message: `${LOCKED} in 40 seconds` }, 40_000],
    [{ status: 403, message: `${LOCKED} in 1.5 minutes` }, 90_000],
    [{ code: 'DENIED', message: 'You have exceeded a secondary rate limit.' }, 60_000],
  ])('with 403 that is a limit by its words is no missing permission: %j', (error, retryAfterMs) =>
    withRegistry({}, async (registry, fake) => {
      const reply = { status: 403, body: JSON.stringify({ errors: [error] }) };
      fake.faults.inject({ when: ({ path }) => path.includes('/tags/'), processed: false, reply });
      const expected = { code: 'rate_limited', transient: true, httpStatus: 403, retryAfterMs };
      await expect(registry.listTags('team/app', ALL, live())).rejects.toMatchObject(expected);
    }),
  );

  it("as rate limited passes on the registry's wait, or a minute", () =>
    withRegistry({}, async (registry, fake) => {
      const limited = async (headers: Record<string, string>) => {
        fake.faults.inject({
          when: ({ path }) => path.includes('/tags/'),
          processed: false,
          reply: { status: 429, headers },
        });
        return registry.listTags('team/app', ALL, live());
      };
      await expect(limited({ 'retry-after': '7' })).rejects.toMatchObject({ retryAfterMs: 7_000 });
      await expect(limited({})).rejects.toMatchObject({ retryAfterMs: 60_000 });
    }));
});
