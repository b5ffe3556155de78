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
/** A failed read is not repeated sooner, so that failure never asks a store more often than success. */
const RETRY_MS = 15_000;
/** So long who might have the last value waits for its store: a probe has its vendor to call yet. */
const PATIENCE_MS = 2_000;
/** For so long a read goes on, whoever still waits: a store that is slower than a check has time serves the next one. */
const READ_MS = 10_000;
/** For so long a lease of a value lasts, however often that is read again, and a failure that goes on is not told again. */
const LEASE_MS = 60 * 60_000;
const MAX_ENTRIES = 100_000;
/** What nobody has asked for in so long is gone: a day is the longest interval of checks. */
const UNUSED_MS = 25 * 60 * 60_000;
/** To find the first entry of a Map that is always changed, V8 passes over those that were removed: up to as many as are there. */
const LOOK_FOR_UNUSED_MS = 60_000;

export interface ResolverOptions {
  readonly stores: readonly SecretStore[];
  readonly audit: AccessAudit;
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  /** Called with each value that is read for a tenant, or serves on as stale, before anyone gets it: feeds the scrubber. */
  readonly onResolved?: (secret: Secret, tenantId: string) => void;
}

interface Lease {
  /** The audit entry being written. */
  readonly recorded: Promise<void>;
  readonly until: number;
}

/** A value and who has leased it so far, by holder. */
interface Held {
  readonly secret: Secret;
  readonly leases: Map<string, Lease>;
}

interface Entry {
  readonly ref: AuthRef;
  readonly store: SecretStore;
  held: Held | null;
  failure: SecretStoreError | null;
  /** The failures since the last value that the audit has been told of, the last of each holder. */
  told: Map<string, { readonly code: SecretStoreError['code']; readonly until: number }> | null;
  /** Until when what is here is not asked for again. Milliseconds since the epoch. */
  settledUntil: number;
  /** When somebody last asked for it. Milliseconds since the epoch. */
  usedAt: number;
  read: Promise<Held> | null;
}

/** What is asked for, by whom. */
interface Inquiry {
  readonly request: SecretRequest;
  readonly ref: AuthRef;
  readonly store: SecretStore;
}

/**
 * Resolves references through the stores, once for all who ask at the same time. A value is kept for at most five
 * minutes, or until somebody wants it fresh, and longer only while its store is unavailable, or does not answer, and somebody
 * asks for it each day. It is leased to (purpose, integration): each lease is recorded before the value is handed out, and
 * covers all uses for an hour, or until the store gives another value.
 */
export class CachingSecretResolver implements SecretResolver {
  /** Whichever was asked for last comes last. */
  readonly #entries = new Map<string, Entry>();
  readonly #stores: ReadonlyMap<string, SecretStore>;
  #unusedDroppedAt = -Infinity;

  constructor(private readonly options: ResolverOptions) {
    this.#stores = new Map(options.stores.map((store) => [store.name, store]));
  }

  /** Throws ProviderError `secret_unresolvable`, transient only while store or audit is unavailable, or the signal's reason. */
  async resolve(request: SecretRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const entry = this.#entryOf(request);
    const inquiry = { request, ref: entry.ref, store: entry.store };
    const held = await this.#held(entry, inquiry, signal);
    await unlessAborted(this.#lease(entry, held, inquiry), signal);
    return held.secret;
  }

  /** A value that was refused is never served again, not even as stale. A failure is kept for its 15 seconds. */
  forget(request: SecretRequest): void {
    const key = keyOf(request);
    const entry = this.#entries.get(key);
    if (!entry?.held) return;
    // Whoever waits for a read of it would get it yet.
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
    if (now - this.#unusedDroppedAt >= LOOK_FOR_UNUSED_MS) this.#dropUnused(now);
    const entry = this.#entries.get(key) ?? this.#newEntry(request.authRef);
    entry.usedAt = now;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value ?? key);
    return entry;
  }

  #dropUnused(now: number): void {
    this.#unusedDroppedAt = now;
    for (const [key, { usedAt }] of this.#entries) {
      if (now - usedAt < UNUSED_MS) return;
      this.#entries.delete(key);
    }
  }

  #newEntry(authRef: string): Entry {
    const ref = parsed(authRef);
    const nothing = { held: null, failure: null, told: null, settledUntil: 0, usedAt: 0, read: null };
    return { ref, store: this.#storeOf(ref), ...nothing };
  }

  async #held(entry: Entry, inquiry: Inquiry, signal: AbortSignal): Promise<Held> {
    const { held, failure, settledUntil } = entry;
    const { fresh, tenantId } = inquiry.request;
    if (!fresh && this.options.clock.now() < settledUntil) {
      if (held) return held;
      if (failure) throw asProviderError(failure, inquiry.store);
    }
    const read = this.#joinRead(entry, inquiry, signal);
    if (fresh || !held || (await endsWithin(PATIENCE_MS, read))) return read;
    if (entry.held !== held || expiryOf(held) <= this.options.clock.now()) return read;
    this.options.onResolved?.(held.secret, tenantId);
    return held;
  }

  #joinRead(entry: Entry, inquiry: Inquiry, signal: AbortSignal): Promise<Held> {
    entry.read ??= this.#read(entry, inquiry).finally(() => (entry.read = null));
    return unlessAborted(entry.read, signal);
  }

  async #read(entry: Entry, inquiry: Inquiry): Promise<Held> {
    const { request, ref, store } = inquiry;
    const tooLate = AbortSignal.timeout(READ_MS);
    try {
      const { tenantId, identityAt } = request;
      const secret = await unlessAborted(store.read({ tenantId, ref, identityAt }, tooLate), tooLate);
      this.options.onResolved?.(secret, tenantId);
      return this.#keep(entry, secret);
    } catch (error) {
      return this.#fail(entry, inquiry, tooLate.aborted ? late() : asStoreError(error));
    }
  }

  #keep(entry: Entry, secret: Secret): Held {
    const now = this.options.clock.now();
    const leases = entry.held && isSame(entry.held.secret, secret) ? entry.held.leases : new Map<string, Lease>();
    for (const [holder, { until }] of leases) if (until <= now) leases.delete(holder);
    entry.held = { secret, leases };
    entry.failure = entry.told = null;
    const expiry = expiryOf(entry.held);
    // A Key Vault gives out what has expired, which may be good for all that: each use would ask it, and be audited.
    entry.settledUntil = expiry > now ? Math.min(now + aLittleLess(TTL_MS), expiry) : now + RETRY_MS;
    return entry.held;
  }

  /** Falls back on the last value if the store could not be asked; a `not_found` or `denied` is an answer. */
  async #fail(entry: Entry, inquiry: Inquiry, failure: SecretStoreError): Promise<Held> {
    const now = this.options.clock.now();
    if (failure.code !== 'unavailable' || expiryOf(entry.held) <= now) entry.held = null;
    entry.failure = failure;
    entry.settledUntil = Math.min(now + RETRY_MS, expiryOf(entry.held));
    if (entry.held) {
      this.options.onResolved?.(entry.held.secret, inquiry.request.tenantId);
      return entry.held;
    }
    const holder = holderOf(inquiry.request);
    const told = entry.told?.get(holder);
    if (told?.code !== failure.code || told.until <= now) {
      await this.#record(inquiry, failure.code, null);
      (entry.told ??= new Map()).set(holder, { code: failure.code, until: now + LEASE_MS });
    }
    throw asProviderError(failure, inquiry.store);
  }

  async #lease(entry: Entry, held: Held, inquiry: Inquiry): Promise<void> {
    const holder = holderOf(inquiry.request);
    const now = this.options.clock.now();
    const known = held.leases.get(holder);
    if (known && now < known.until) return known.recorded;
    const isStale = entry.held === held && (entry.failure !== null || now >= entry.settledUntil);
    const outcome = isStale ? 'stale' : 'resolved';
    const recorded = this.#record(inquiry, outcome, held.secret.version);
    const lease = { recorded, until: now + aLittleLess(LEASE_MS) };
    held.leases.set(holder, lease);
    lease.recorded.catch(() => held.leases.delete(holder));
    return lease.recorded;
  }

  async #record({ request, ref, store }: Inquiry, outcome: AccessEntry['outcome'], version: string | null) {
    const { tenantId, integrationId, purpose } = request;
    const fingerprint = this.options.fingerprint(ref);
    const who = { tenantId, integrationId, purpose, store: store.name, fingerprint };
    try {
      await this.options.audit.record({ at: new Date(this.options.clock.now()), ...who, version, outcome });
    } catch (cause) {
      throw unresolvable('the access to the secret cannot be recorded, so it is withheld', true, cause);
    }
  }
}

/** By up to a quarter: what begins at once when an app starts would be read, and leased, at once ever after. */
function aLittleLess(ms: number): number {
  return ms * (1 - Math.random() / 4);
}

/** Whether it has come to an end by then, be it a failure. */
async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

/** Of a reference there is but one way to write it. */
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

function parsed(authRef: string): AuthRef {
  try {
    return parseAuthRef(authRef);
  } catch (error) {
    if (error instanceof AuthRefError) throw unresolvable(`authRef ${error.message}`, false, error);
    throw error;
  }
}

function late(): SecretStoreError {
  return new SecretStoreError('unavailable', 'it did not answer in time');
}

/** A store that breaks its contract has not answered. */
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
