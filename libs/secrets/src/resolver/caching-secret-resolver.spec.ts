import { ProviderError, Secret, type SecretRequest } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../stores/secret-store';
import type { AccessAudit, AccessEntry } from './access-audit';
import { fingerprintUnder } from '../auth-ref/fingerprint';
import { CachingSecretResolver } from './caching-secret-resolver';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const REQUEST: SecretRequest = {
  tenantId: 'acme',
  authRef: 'authref://fake/key',
  purpose: 'annotate',
  integrationId: 'i-1',
};

/** A store that returns what the test sets, and records its reads. */
class FakeStore implements SecretStore {
  readonly name = 'fake';
  readonly reads: Array<{ request: StoreRequest; signal: AbortSignal }> = [];
  answer: (request: StoreRequest, signal: AbortSignal) => Promise<Secret> = async () => new Secret('value-1', '1');

  isAvailable() {
    return { available: true };
  }

  read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    this.reads.push({ request, signal });
    return this.answer(request, signal);
  }

  fails(code: 'not_found' | 'denied' | 'unavailable'): void {
    this.answer = async () => {
      throw new SecretStoreError(code, `it is ${code}`);
    };
  }

  gives(value: string, version = '1', expiresAt: Date | null = null): void {
    this.answer = async () => new Secret(value, version, expiresAt);
  }
}

describe('CachingSecretResolver', () => {
  let now: number;
  let store: FakeStore;
  let entries: AccessEntry[];
  let audit: AccessAudit;
  let seen: string[];
  let resolver: CachingSecretResolver;

  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    now = Date.parse('2026-01-01T00:00:00Z');
    store = new FakeStore();
    // One list per test: a read that a test leaves hanging fails after ten seconds, during a later test.
    const ofThisTest: AccessEntry[] = [];
    entries = ofThisTest;
    seen = [];
    audit = { record: async (entry) => void ofThisTest.push(entry) };
    resolver = new CachingSecretResolver({
      stores: [store],
      audit,
      clock: { now: () => now },
      fingerprint: fingerprintUnder(null),
      onResolved: (secret, tenantId) => seen.push(`${secret.reveal()} of ${tenantId}`),
    });
  });

  afterEach(() => jest.restoreAllMocks());

  const resolve = async (change: Partial<SecretRequest> = {}, signal = new AbortController().signal) =>
    (await resolver.resolve({ ...REQUEST, ...change }, signal)).reveal();

  async function refusal(change: Partial<SecretRequest> = {}): Promise<ProviderError> {
    const error = await resolve(change).catch((thrown: unknown) => thrown);
    if (!(error instanceof ProviderError)) throw new Error(`no ProviderError: ${String(error)}`);
    expect(error.code).toBe('secret_unresolvable');
    return error;
  }

  describe('the cache', () => {
    it('reads the store once in five minutes', async () => {
      await resolve();
      now += 5 * MINUTE - 1;
      store.gives('value-2');
      expect(await resolve()).toBe('value-1');
      now += 1;
      expect(await resolve()).toBe('value-2');
      expect(store.reads).toHaveLength(2);
    });

    it('does not abort a read that has ended: the abort reason would keep its stack trace in memory', async () => {
      await resolve();
      expect(store.reads[0]?.signal.aborted).toBe(false);
    });

    it('is bypassed by a caller that wants a fresh value, and then holds that value for all', async () => {
      await resolve();
      store.gives('value-2');
      expect(await resolve()).toBe('value-1');
      expect(await resolve({ fresh: true })).toBe('value-2');
      expect(await resolve()).toBe('value-2');

      store.fails('not_found');
      await refusal({ fresh: true });
      store.gives('value-3');
      expect(await resolve({ fresh: true })).toBe('value-3');
    });

    it('keeps no value beyond its own expiry', async () => {
      store.gives('value-1', '1', new Date(now + MINUTE));
      await resolve();
      now += MINUTE;
      store.gives('value-2', '2');
      expect(await resolve()).toBe('value-2');
    });

    it('reads an expired value that its store still returns only every 15 s', async () => {
      store.gives('value-1', '1', new Date(now - MINUTE));
      for (let use = 0; use < 10; use += 1) expect(await resolve()).toBe('value-1');
      expect([store.reads.length, entries.length]).toEqual([1, 1]);
      now += 15_000;
      store.gives('value-2', '2');
      expect(await resolve()).toBe('value-2');
    });

    it('keeps tenants, paths, keys and versions apart', async () => {
      store.answer = async ({ tenantId, ref }) => new Secret(`${tenantId} ${ref.canonical}`);
      const refs = [
        'authref://fake/key',
        'authref://fake/key2',
        'authref://fake/key#k',
        'authref://fake/key?version=1',
      ];
      for (const tenantId of ['acme', 'other']) {
        for (const authRef of refs) expect(await resolve({ tenantId, authRef })).toBe(`${tenantId} ${authRef}`);
      }
      expect(store.reads).toHaveLength(8);
    });

    it('keeps the values for different clouds apart, since they may be our own identity', async () => {
      store.answer = async ({ identityAt }) => new Secret(`for ${identityAt ?? 'anybody'}`);
      for (const identityAt of ['aws', 'gcp'] as const) expect(await resolve({ identityAt })).toBe(`for ${identityAt}`);
      expect(await resolve()).toBe('for anybody');
      resolver.forget({ ...REQUEST, identityAt: 'aws' });
      expect(await resolve({ identityAt: 'gcp' })).toBe('for gcp');
      expect(store.reads).toHaveLength(3);
      await resolve({ identityAt: 'aws' });
      expect(store.reads).toHaveLength(4);
    });

    it('shares one read among a thousand concurrent callers', async () => {
      const read = Promise.withResolvers<Secret>();
      store.answer = () => read.promise;
      const all = Array.from({ length: 1_000 }, () => resolve());
      read.resolve(new Secret('value-1'));
      expect(new Set(await Promise.all(all))).toEqual(new Set(['value-1']));
      expect(store.reads).toHaveLength(1);
      expect(entries).toHaveLength(1);
      expect(seen).toEqual(['value-1 of acme']);
    });

    it('shares a failure as well', async () => {
      store.fails('denied');
      const all = await Promise.allSettled(Array.from({ length: 100 }, () => resolve()));
      expect(all.every(({ status }) => status === 'rejected')).toBe(true);
      expect(store.reads).toHaveLength(1);
    });
  });

  describe('failures', () => {
    it.each([
      ['not_found', false],
      ['denied', false],
      ['unavailable', true],
    ] as const)('turn %s into secret_unresolvable, transient %s', async (code, transient) => {
      store.fails(code);
      const error = await refusal();
      expect(error).toMatchObject({ transient, message: `secret store fake: it is ${code}` });
    });

    it.each(['not_found', 'denied', 'unavailable'] as const)(
      'keep the store from being read again for 15 s after %s',
      async (code) => {
        store.fails(code);
        await refusal();
        store.gives('value-1');
        now += 14_999;
        await refusal();
        expect(store.reads).toHaveLength(1);
        now += 1;
        expect(await resolve()).toBe('value-1');
        expect(store.reads).toHaveLength(2);
      },
    );

    it('include an error that is not a SecretStoreError, which counts as unavailable', async () => {
      store.answer = () => {
        throw new TypeError('cannot read secret-in-message of undefined');
      };
      const error = await refusal();
      expect(error.transient).toBe(true);
      expect(error.message).not.toContain('secret-in-message');
    });

    it.each([
      ['authref://fake/../key', 'authRef the path must have no segment'],
      ['ghp_averysecrettoken', 'authRef must begin with authref://'],
      ['authref://vault/key', 'authRef names a secret store that is not configured (configured: fake)'],
    ])('are permanent for the reference %s', async (authRef, message) => {
      const error = await refusal({ authRef });
      expect(error.transient).toBe(false);
      expect(error.message).toContain(message);
      expect(error.message).not.toContain('ghp_');
      expect(store.reads).toHaveLength(0);
    });
  });

  describe('a stale value', () => {
    beforeEach(async () => {
      await resolve();
      now += 5 * MINUTE;
    });

    it('is served while the store is unavailable, with a read attempt every 15 s', async () => {
      store.fails('unavailable');
      expect(await resolve()).toBe('value-1');
      now += 14_999;
      expect(await resolve()).toBe('value-1');
      expect(store.reads).toHaveLength(2);
      now += 1;
      store.gives('value-2', '2');
      expect(await resolve()).toBe('value-2');
    });

    it('is served after two seconds while the store hangs, until its answer arrives', async () => {
      const read = Promise.withResolvers<Secret>();
      store.answer = () => read.promise;
      const { signal } = new AbortController();
      const fresh = resolve({ fresh: true }, signal);
      expect(await resolve({ purpose: 'health' }, AbortSignal.timeout(4_000))).toBe('value-1');
      expect(entries.at(-1)).toMatchObject({ purpose: 'health', outcome: 'stale' });
      read.resolve(new Secret('value-2', '2'));
      expect(await fresh).toBe('value-2');
      expect(await resolve()).toBe('value-2');
      expect(store.reads).toHaveLength(2);
    });

    it('is not served after its expiry, even while the store hangs', async () => {
      store.gives('value-2', '2', new Date(now + 10_000));
      await resolve();
      now += 10_000;
      store.answer = () => new Promise(() => undefined);
      await expect(resolve({}, AbortSignal.timeout(2_500))).rejects.toMatchObject({ name: 'TimeoutError' });
    });

    it('is not served to a caller that was waiting when the vendor refused it', async () => {
      store.answer = () => new Promise(() => undefined);
      const waiting = resolve({}, AbortSignal.timeout(2_500));
      resolver.forget(REQUEST);
      await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    });

    it('is not served when the read fails after the vendor refused it', async () => {
      const read = Promise.withResolvers<Secret>();
      store.answer = () => read.promise;
      const waiting = refusal();
      resolver.forget(REQUEST);
      read.reject(new SecretStoreError('unavailable', 'it is away'));
      await waiting;
    });

    it('is audited as stale when a new holder leases it', async () => {
      store.fails('unavailable');
      await resolve({ purpose: 'health' });
      now += 15_000;
      store.gives('value-2', '2');
      await resolve({ purpose: 'health' });
      expect(entries.map(({ outcome, purpose, version }) => [outcome, purpose, version])).toEqual([
        ['resolved', 'annotate', '1'],
        ['stale', 'health', '1'],
        ['resolved', 'health', '2'],
      ]);
    });

    it.each(['denied', 'not_found'] as const)(
      'is never served after %s, even if the store then becomes unavailable',
      async (code) => {
        store.fails(code);
        expect((await refusal()).transient).toBe(false);
        now += 15_000;
        store.fails('unavailable');
        expect((await refusal()).transient).toBe(true);
      },
    );

    it('is never served after a vendor refused it', async () => {
      store.fails('unavailable');
      resolver.forget(REQUEST);
      await refusal();
    });

    it('is never served beyond its own expiry', async () => {
      store.gives('value-2', '2', new Date(now + 10_000));
      await resolve();
      now += 10_000;
      store.fails('unavailable');
      await refusal();
    });

    it('is not served beyond its own expiry between two read attempts', async () => {
      store.gives('value-2', '2', new Date(now + 10_000));
      await resolve();
      now += 9_999;
      store.fails('unavailable');
      expect(await resolve({ fresh: true })).toBe('value-2');
      now += 1;
      await refusal();
    });

    it('is served as long as it is used every day', async () => {
      store.fails('unavailable');
      for (let day = 1; day <= 3; day += 1) {
        now += DAY;
        expect(await resolve()).toBe('value-1');
      }
      now += DAY + 60 * MINUTE;
      await resolve({ authRef: 'authref://fake/key2' }).catch(() => undefined);
      await refusal();
    });

    it.each([
      ['fails', async () => Promise.reject(new SecretStoreError('unavailable', 'it is away'))],
      ['hangs', () => new Promise<never>(() => undefined)],
    ])('is registered again with the scrubber, which forgets unused values, if the store %s', async (_, answer) => {
      store.answer = answer;
      seen = [];
      await resolve();
      expect(seen).toEqual(['value-1 of acme']);
    });
  });

  describe('forget', () => {
    it('makes the next caller read the store', async () => {
      await resolve();
      store.gives('value-2', '2');
      resolver.forget(REQUEST);
      expect(await resolve()).toBe('value-2');
      expect(store.reads).toHaveLength(2);
    });

    it('leaves other tenants and other references alone', async () => {
      await resolve({ tenantId: 'other' });
      await resolve({ authRef: 'authref://fake/key2' });
      resolver.forget(REQUEST);
      await resolve({ tenantId: 'other' });
      await resolve({ authRef: 'authref://fake/key2' });
      expect(store.reads).toHaveLength(2);
    });

    it('causes only one read when many callers are refused at once', async () => {
      await resolve();
      const again = Array.from({ length: 50 }, () => {
        resolver.forget(REQUEST);
        return resolve();
      });
      await Promise.all(again);
      expect(store.reads).toHaveLength(2);
    });

    it('keeps an earlier read from bringing the refused value back', async () => {
      await resolve();
      now += 5 * MINUTE;
      const slow = Promise.withResolvers<Secret>();
      store.answer = () => slow.promise;
      const early = resolve();
      resolver.forget(REQUEST);
      store.gives('value-2', '2');
      expect(await resolve()).toBe('value-2');
      slow.resolve(new Secret('value-1', '1'));
      await early;
      expect(await resolve()).toBe('value-2');
    });

    it('does not shorten the pause after a failure, and ignores an invalid reference', async () => {
      store.fails('not_found');
      await refusal();
      resolver.forget(REQUEST);
      await refusal();
      expect(store.reads).toHaveLength(1);
      expect(() => resolver.forget({ ...REQUEST, authRef: 'nonsense' })).not.toThrow();
    });
  });

  describe('the audit', () => {
    it('records a lease for each purpose and integration before the value is handed out', async () => {
      const kept = Promise.withResolvers<void>();
      audit.record = () => kept.promise;
      let got = false;
      const pending = resolve().then(() => (got = true));
      await new Promise(setImmediate);
      expect(got).toBe(false);
      kept.resolve();
      await pending;

      audit.record = async (entry) => void entries.push(entry);
      await resolve();
      await resolve({ purpose: 'health' });
      await resolve({ integrationId: 'i-2' });
      await resolve({ integrationId: 'i-2' });
      expect(entries.map(({ purpose, integrationId }) => [purpose, integrationId])).toEqual([
        ['health', 'i-1'],
        ['annotate', 'i-2'],
      ]);
      expect(store.reads).toHaveLength(1);
    });

    it('records who used which version for what, and neither path nor value', async () => {
      await resolve();
      expect(entries).toEqual([
        {
          at: new Date('2026-01-01T00:00:00Z'),
          tenantId: 'acme',
          integrationId: 'i-1',
          purpose: 'annotate',
          store: 'fake',
          fingerprint: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
          version: '1',
          outcome: 'resolved',
        },
      ]);
      expect(JSON.stringify(entries)).not.toMatch(/value-1|fake\/key/);
    });

    it('records a new lease when the value changes, but not when the same value is read again', async () => {
      await resolve();
      now += 5 * MINUTE;
      await resolve();
      expect(store.reads).toHaveLength(2);
      expect(entries).toHaveLength(1);
      for (const [value, version] of [
        ['value-1', '2'],
        ['value-2', '2'],
      ] as const) {
        store.gives(value, version);
        now += 5 * MINUTE;
        await resolve();
      }
      expect(entries.map(({ version }) => version)).toEqual(['1', '2', '2']);
    });

    it('records a new lease after an hour, and after the value was refused', async () => {
      await resolve();
      now += 60 * MINUTE - 1;
      await resolve();
      expect(entries).toHaveLength(1);
      now += 1;
      await resolve();
      expect(entries).toHaveLength(2);
      resolver.forget(REQUEST);
      await resolve();
      expect(entries).toHaveLength(3);
    });

    it('spreads the renewal of leases that began together over the last quarter of the hour', async () => {
      jest.mocked(Math.random).mockRestore();
      const renewedIn = async (minutes: number) => {
        for (let minute = 0; minute < minutes; minute += 1) {
          now += MINUTE;
          for (let n = 0; n < 200; n += 1) await resolve({ integrationId: `i-${n}` });
        }
        return entries.splice(0).length;
      };
      expect(await renewedIn(1)).toBe(200);
      expect(await renewedIn(44)).toBe(0);
      const thirds = [await renewedIn(5), await renewedIn(5), await renewedIn(6)];
      for (const renewed of thirds) expect(renewed).toBeGreaterThan(20);
      expect(thirds.reduce((sum, renewed) => sum + renewed)).toBe(200);
    });

    it('records a failure when it begins or changes, and otherwise once an hour', async () => {
      const codes = () => entries.map(({ outcome, version }) => [outcome, version]);
      const failAgain = async () => {
        now += 15_000;
        await refusal();
      };
      store.fails('denied');
      await refusal();
      for (let read = 0; read < 3; read += 1) await failAgain();
      expect(store.reads).toHaveLength(4);
      expect(codes()).toEqual([['denied', null]]);
      store.fails('unavailable');
      await failAgain();
      await failAgain();
      store.fails('denied');
      await failAgain();
      expect(codes()).toEqual([
        ['denied', null],
        ['unavailable', null],
        ['denied', null],
      ]);
      now += 15_000;
      await refusal({ integrationId: 'i-2' });
      expect(entries.at(-1)).toMatchObject({ integrationId: 'i-2', outcome: 'denied' });
      now += 60 * MINUTE;
      await refusal();
      expect(entries).toHaveLength(5);
    });

    it('records a failure again after a value was resolved in between', async () => {
      store.fails('denied');
      await refusal();
      store.gives('value-1');
      now += 15_000;
      await resolve();
      store.fails('denied');
      now += 5 * MINUTE;
      await refusal();
      expect(entries.map(({ outcome }) => outcome)).toEqual(['denied', 'resolved', 'denied']);
    });

    it('withholds the value while it fails, and is retried at the next call', async () => {
      audit.record = async () => {
        throw new Error('database is read-only');
      };
      const error = await refusal();
      expect(error).toMatchObject({ transient: true, message: expect.stringContaining('withheld') });
      await refusal();
      audit.record = async (entry) => void entries.push(entry);
      expect(await resolve()).toBe('value-1');
      expect(entries).toHaveLength(1);
      expect(store.reads).toHaveLength(1);
    });

    it('withholds a stale value as well', async () => {
      await resolve();
      now += 5 * MINUTE;
      store.fails('unavailable');
      audit.record = () => Promise.reject(new Error('down'));
      await refusal({ purpose: 'test' });
    });

    it('withholds the value from all callers that wait for the same entry', async () => {
      const recorded = Promise.withResolvers<void>();
      audit.record = () => recorded.promise;
      const refusals = [refusal(), refusal()];
      recorded.reject(new Error('down'));
      expect(await Promise.all(refusals)).toMatchObject([{ transient: true }, { transient: true }]);
    });

    it('records a failed attempt as soon as it can, if it could not at first', async () => {
      store.fails('denied');
      audit.record = () => Promise.reject(new Error('down'));
      expect(await refusal()).toMatchObject({ transient: true, message: expect.stringContaining('recorded') });
      audit.record = async (entry) => void entries.push(entry);
      now += 15_000;
      await refusal();
      expect(entries.map(({ outcome }) => outcome)).toEqual(['denied']);
    });
  });

  describe('a value', () => {
    it('is withheld if it cannot be registered with the scrubber', async () => {
      const failing = new CachingSecretResolver({
        stores: [store],
        audit: { record: async () => undefined },
        clock: { now: () => now },
        fingerprint: fingerprintUnder(null),
        onResolved: () => {
          throw new Error('no scrubber');
        },
      });
      const { signal } = new AbortController();
      await expect(failing.resolve(REQUEST, signal)).rejects.toMatchObject({ code: 'secret_unresolvable' });
    });
  });

  describe('a caller that aborts', () => {
    let read: PromiseWithResolvers<Secret>;

    beforeEach(() => {
      read = Promise.withResolvers<Secret>();
      store.answer = () => read.promise;
    });

    it('gets its own reason, while the others get the value', async () => {
      const impatient = new AbortController();
      const aborted = resolve({}, impatient.signal);
      const patient = resolve();
      impatient.abort(new Error('deadline of one'));
      await expect(aborted).rejects.toThrow('deadline of one');
      expect(store.reads[0]!.signal.aborted).toBe(false);
      read.resolve(new Secret('value-1'));
      expect(await patient).toBe('value-1');
    });

    it('leaves the read running for the next caller, even if it was the only one', async () => {
      const controller = new AbortController();
      const aborted = resolve({}, controller.signal);
      controller.abort(new Error('gone'));
      await expect(aborted).rejects.toThrow('gone');
      read.resolve(new Secret('value-1'));
      await new Promise(setImmediate);
      expect(entries).toEqual([]);
      expect(await resolve()).toBe('value-1');
      expect(store.reads).toHaveLength(1);
    });

    it('leaves no hanging read behind: it ends after ten seconds', async () => {
      const late = new AbortController();
      jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(late.signal);
      const controller = new AbortController();
      const aborted = resolve({}, controller.signal);
      controller.abort(new Error('gone'));
      await expect(aborted).rejects.toThrow('gone');
      late.abort(new DOMException('late', 'TimeoutError'));
      await new Promise(setImmediate);
      expect((await refusal()).message).toBe('secret store fake: it did not answer in time');
      now += 15_000;
      store.gives('value-2');
      expect(await resolve()).toBe('value-2');
      read.resolve(new Secret('value-1'));
      await new Promise(setImmediate);
      expect(await resolve()).toBe('value-2');
    });

    it('reads nothing if its signal had already aborted', async () => {
      await expect(resolve({}, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
      expect(store.reads).toHaveLength(0);
    });

    it('leaves no rejection of the audit unhandled, since that would end the process', async () => {
      const unhandled = jest.fn();
      process.on('unhandledRejection', unhandled);
      store.gives('value-1');
      await resolve();
      audit.record = async () => {
        throw new Error('the database is away');
      };
      const controller = new AbortController();
      const aborted = resolve({ purpose: 'health' }, controller.signal);
      controller.abort(new Error('gone'));
      await expect(aborted).rejects.toThrow('gone');
      await new Promise(setImmediate);
      process.off('unhandledRejection', unhandled);
      expect(unhandled).not.toHaveBeenCalled();
    });

    it('does not wait for the audit', async () => {
      audit.record = () => new Promise(() => undefined);
      read.resolve(new Secret('value-1'));
      await expect(resolve({}, AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'TimeoutError' });
    });
  });
});
