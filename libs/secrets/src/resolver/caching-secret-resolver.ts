import {
  type Clock,
  ProviderError,
  type Secret,
  type SecretRequest,
  type SecretResolver,
} from '@integrations/provider-kit';
import { type AuthRef, AuthRefError, parseAuthRef } from '../auth-ref/auth-ref';
import type { Fingerprint } from '../auth-ref/fingerprint';
import { SecretStoreError, type SecretStore } from '../stores/secret-store';
import type { AccessAudit, AccessEntry } from './access-audit';
import { unlessAborted } from './shared-call';

const TTL_MS = 5 * 60_000;
/** A failed read is not repeated sooner, which keeps a failing store from being hammered. */
const RETRY_MS = 15_000;
/** How long a caller that could use the last value waits for the store: a probe still has to call its vendor. */
const STALE_WAIT_MS = 2_000;
/** How long a read goes on, even without waiting callers: a store too slow for one check then serves the next. */
const READ_MS = 10_000;
/** How long a lease of a value lasts, however often the value is read again. A lasting failure is audited this often. */
const LEASE_MS = 60 * 60_000;
const MAX_ENTRIES = 100_000;
/** Entries unused for this long are dropped. The longest interval of checks is a day. */
const UNUSED_MS = 25 * 60 * 60_000;
/** Not at each call: to find the first entry of a busy Map, V8 skips removed entries, up to as many as there are live. */
const PRUNE_EVERY_MS = 60_000;

export interface ResolverOptions {
  readonly stores: readonly SecretStore[];
  readonly audit: AccessAudit;
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  /** Called with each value that was read for a tenant, or is reused as stale, before it is returned. Feeds the scrubber. */
  readonly onResolved?: (secret: Secret, tenantId: string) => void;
}

interface Lease {
  /** The audit entry being written. */
  readonly recorded: Promise<void>;
  readonly until: number;
}

/** A value, with its leases by holder. */
interface Held {
  readonly secret: Secret;
  readonly leases: Map<string, Lease>;
}

interface Entry {
  readonly ref: AuthRef;
  readonly store: SecretStore;
  held: Held | null;
  failure: SecretStoreError | null;
  /** The audited failures since the last value: the last one of each holder. */
  audited: Map<string, { readonly code: SecretStoreError['code']; readonly until: number }> | null;
  /** Until when the value or failure is reused without a read. Milliseconds since the epoch. */
  settledUntil: number;
  /** Last use. Milliseconds since the epoch. */
  usedAt: number;
  read: Promise<Held> | null;
}

/** A request, with the parsed reference and its store. */
interface Lookup {
  readonly request: SecretRequest;
  readonly ref: AuthRef;
  readonly store: SecretStore;
}

/**
 * Resolves references through the stores. Concurrent callers share one read. A value is cached for at most five minutes, or
 * until a caller wants it fresh. It is kept longer only while its store is unavailable or does not answer, and only if it
 * is used every day. A value is leased to a (purpose, integration). Each lease is recorded before the value is returned, and
 * covers all uses for an hour, or until the store returns another value.
 */
export class CachingSecretResolver implements SecretResolver {
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #stores: ReadonlyMap<string, SecretStore>;
  #prunedAt = -Infinity;

  constructor(private readonly options: ResolverOptions) {
    this.#stores = new Map(options.stores.map((store) => [store.name, store]));
  }

  /** Throws ProviderError `secret_unresolvable`, transient only if store or audit is unavailable, or the signal's reason. */
  async resolve(request: SecretRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const entry = this.#entryOf(request);
    const lookup = { request, ref: entry.ref, store: entry.store };
    const held = await this.#held(entry, lookup, signal);
    await unlessAborted(this.#lease(entry, held, lookup), signal);
    return held.secret;
  }

  /** Drops a value that a vendor refused: it is never used again, not even as stale. A failure stays for its 15 seconds. */
  forget(request: SecretRequest): void {
    const key = keyOf(request);
    const entry = this.#entries.get(key);
    if (!entry?.held) return;
    // Callers that wait for a read would otherwise still get the value.
    entry.held = null;
    this.#entries.delete(key);
  }

  #storeOf(ref: AuthRef): SecretStore {
    const store = this.#stores.get(ref.store);
    if (store) return store;
    const configured = [...this.#stores.keys()].join(', ') || 'none';
    throw unresolvable(`authRef names a secret store that is not configured (configured: ${configured})`, false);
  }

  #entryOf(request: SecretRequest): Entry {
    const key = keyOf(request);
    const now = this.options.clock.now();
    if (now - this.#prunedAt >= PRUNE_EVERY_MS) this.#pruneUnused(now);
    const entry = this.#entries.get(key) ?? this.#newEntry(request.authRef);
    entry.usedAt = now;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value ?? key);
    return entry;
  }

  #pruneUnused(now: number): void {
    this.#prunedAt = now;
    for (const [key, { usedAt }] of this.#entries) {
      if (now - usedAt < UNUSED_MS) return;
      this.#entries.delete(key);
    }
  }

  #newEntry(authRef: string): Entry {
    const ref = parseRef(authRef);
    const empty = { held: null, failure: null, audited: null, settledUntil: 0, usedAt: 0, read: null };
    return { ref, store: this.#storeOf(ref), ...empty };
  }

  async #held(entry: Entry, lookup: Lookup, signal: AbortSignal): Promise<Held> {
    const { held, failure, settledUntil } = entry;
    const { fresh, tenantId } = lookup.request;
    if (!fresh && this.options.clock.now() < settledUntil) {
      if (held) return held;
      if (failure) throw asProviderError(failure, lookup.store);
    }
    const read = this.#joinRead(entry, lookup, signal);
    if (fresh || !held || (await settlesWithin(STALE_WAIT_MS, read))) return read;
    if (entry.held !== held || expiryOf(held) <= this.options.clock.now()) return read;
    this.options.onResolved?.(held.secret, tenantId);
    return held;
  }

  #joinRead(entry: Entry, lookup: Lookup, signal: AbortSignal): Promise<Held> {
    entry.read ??= this.#read(entry, lookup).finally(() => (entry.read = null));
    return unlessAborted(entry.read, signal);
  }

  async #read(entry: Entry, lookup: Lookup): Promise<Held> {
    const { request, ref, store } = lookup;
    const timeout = AbortSignal.timeout(READ_MS);
    try {
      const { tenantId, identityAt } = request;
      const secret = await unlessAborted(store.read({ tenantId, ref, identityAt }, timeout), timeout);
      this.options.onResolved?.(secret, tenantId);
      return this.#keep(entry, secret);
    } catch (error) {
      return this.#fail(entry, lookup, timeout.aborted ? timedOut() : asStoreError(error));
    }
  }

  #keep(entry: Entry, secret: Secret): Held {
    const now = this.options.clock.now();
    const leases = entry.held && isSame(entry.held.secret, secret) ? entry.held.leases : new Map<string, Lease>();
    for (const [holder, { until }] of leases) if (until <= now) leases.delete(holder);
    entry.held = { secret, leases };
    entry.failure = entry.audited = null;
    const expiry = expiryOf(entry.held);
    // Key Vault returns expired secrets, which may still work. Without this minimum, each use would read and audit again.
    entry.settledUntil = expiry > now ? Math.min(now + withJitter(TTL_MS), expiry) : now + RETRY_MS;
    return entry.held;
  }

  /** Falls back to the last value if the store is unavailable. `not_found` and `denied` are answers that drop the value. */
  async #fail(entry: Entry, lookup: Lookup, failure: SecretStoreError): Promise<Held> {
    const now = this.options.clock.now();
    if (failure.code !== 'unavailable' || expiryOf(entry.held) <= now) entry.held = null;
    entry.failure = failure;
    entry.settledUntil = Math.min(now + RETRY_MS, expiryOf(entry.held));
    if (entry.held) {
      this.options.onResolved?.(entry.held.secret, lookup.request.tenantId);
      return entry.held;
    }
    const holder = holderOf(lookup.request);
    const audited = entry.audited?.get(holder);
    if (audited?.code !== failure.code || audited.until <= now) {
      await this.#record(lookup, failure.code, null);
      (entry.audited ??= new Map()).set(holder, { code: failure.code, until: now + LEASE_MS });
    }
    throw asProviderError(failure, lookup.store);
  }

  async #lease(entry: Entry, held: Held, lookup: Lookup): Promise<void> {
    const holder = holderOf(lookup.request);
    const now = this.options.clock.now();
    const current = held.leases.get(holder);
    if (current && now < current.until) return current.recorded;
    const isStale = entry.held === held && (entry.failure !== null || now >= entry.settledUntil);
    const outcome = isStale ? 'stale' : 'resolved';
    const recorded = this.#record(lookup, outcome, held.secret.version);
    const lease = { recorded, until: now + withJitter(LEASE_MS) };
    held.leases.set(holder, lease);
    lease.recorded.catch(() => held.leases.delete(holder));
    return lease.recorded;
  }

  async #record({ request, ref, store }: Lookup, outcome: AccessEntry['outcome'], version: string | null) {
    const { tenantId, integrationId, purpose } = request;
    const fingerprint = this.options.fingerprint(ref);
    const access = { tenantId, integrationId, purpose, store: store.name, fingerprint };
    try {
      await this.options.audit.record({ at: new Date(this.options.clock.now()), ...access, version, outcome });
    } catch (cause) {
      throw unresolvable('the access to the secret cannot be recorded, so it is withheld', true, cause);
    }
  }
}

/** Shortens by up to a quarter. Otherwise, values first used when an app starts would be read and leased together for ever. */
function withJitter(ms: number): number {
  return ms * (1 - Math.random() / 4);
}

/** True if the work ends within `ms` milliseconds, even with a failure. */
async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

/** Equal references have equal texts, because only the canonical form is accepted. */
function keyOf({ tenantId, authRef, identityAt }: SecretRequest): string {
  return JSON.stringify([tenantId, authRef, identityAt]);
}

function holderOf({ purpose, integrationId }: SecretRequest): string {
  return JSON.stringify([purpose, integrationId]);
}

function isSame(a: Secret, b: Secret): boolean {
  return a.version === b.version && a.reveal() === b.reveal();
}

function expiryOf(held: Held | null): number {
  return held?.secret.expiresAt?.getTime() ?? Infinity;
}

function parseRef(authRef: string): AuthRef {
  try {
    return parseAuthRef(authRef);
  } catch (error) {
    if (error instanceof AuthRefError) throw unresolvable(`authRef ${error.message}`, false, error);
    throw error;
  }
}

function timedOut(): SecretStoreError {
  return new SecretStoreError('unavailable', 'it did not answer in time');
}

/** A store that throws anything but SecretStoreError counts as unavailable. */
function asStoreError(error: unknown): SecretStoreError {
  if (error instanceof SecretStoreError) return error;
  return new SecretStoreError('unavailable', 'it failed unexpectedly', { cause: error });
}

function asProviderError(failure: SecretStoreError, store: SecretStore): ProviderError {
  return unresolvable(`secret store ${store.name}: ${failure.message}`, failure.code === 'unavailable', failure);
}

function unresolvable(message: string, transient: boolean, cause?: unknown): ProviderError {
  return new ProviderError('secret_unresolvable', message, { transient, cause });
}
