import { type ErrorCode, failed, succeeded } from '@integrations/contracts';
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { inspect } from 'node:util';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import type { SecretStoreError } from '../secret-store';
import { type Ask, AuthorityNatsStore } from './authority-nats-store';

const NEVER = new AbortController().signal;
const REF = 'authref://authority/github/app#privateKey';
const SECRET = { value: 'hunter2hunter2', version: '7', expiresAt: '2026-05-01T00:00:00Z' };

interface AuthorityRequest {
  readonly ref: string;
  readonly recipientKey: JWK;
}

/** Seals as the Authority service does according to docs/authority.md. */
async function seal(text: string, { recipientKey }: AuthorityRequest, header: object = {}): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...header })
    .encrypt(await importJWK(recipientKey, 'ECDH-ES'));
}

function openStore(ask: Ask) {
  const store = new AuthorityNatsStore(ask, { now: () => Date.parse('2026-01-01T00:00:00Z') });
  const read = async (signal = NEVER) => store.read({ tenantId: 'acme', ref: parseAuthRef(REF) }, signal);
  const failure = () =>
    read().then(
      () => Promise.reject(new Error('it did not fail')),
      (error: SecretStoreError) => error,
    );
  return { store, read, failure };
}

/** A store whose Authority service replies with `sealed`. */
function replying(sealed: (request: AuthorityRequest) => unknown) {
  return openStore(async (_, body) => succeeded({ sealed: await sealed(body as AuthorityRequest) }));
}

describe('AuthorityNatsStore', () => {
  it('sends the reference, the tenant and a public key, and decrypts the answer', async () => {
    const calls: Parameters<Ask>[] = [];
    const { store, read } = openStore(async (...call) => {
      calls.push(call);
      return succeeded({ sealed: await seal(JSON.stringify(SECRET), call[1] as AuthorityRequest) });
    });
    const secret = await read();
    expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual([
      'hunter2hunter2',
      '7',
      new Date('2026-05-01T00:00:00Z'),
    ]);
    const [[subject, body, options] = []] = calls;
    expect(subject).toBe('authority.v1.rpc.secret.resolve');
    expect(body).toEqual({
      ref: REF,
      recipientKey: { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String) },
    });
    expect(options).toMatchObject({ tenantId: 'acme', timeoutMs: 10_000 });
    expect(store.isAvailable()).toEqual({ available: true });
  });

  it('sends a new key each time, so that a replayed answer cannot be decrypted', async () => {
    const answers: string[] = [];
    const { read, failure } = openStore(async (_, body) => {
      answers.push(await seal(JSON.stringify(SECRET), body as AuthorityRequest));
      return succeeded({ sealed: answers[0] });
    });
    await read();
    expect((await failure()).code).toBe('unavailable');
  });

  it.each<[string, ErrorCode]>([
    ['not_found', 'not_found'],
    ['denied', 'forbidden'],
    ['denied', 'invalid_request'],
    ['unavailable', 'timeout'],
    ['unavailable', 'provider_unavailable'],
    ['unavailable', 'unauthorized'],
    ['unavailable', 'internal'],
  ])('fails with %s for the error code %s, without quoting the error message', async (code, errorCode) => {
    const error = await openStore(async () => failed(errorCode, 'hunter2 is wrong')).failure();
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  it.each<[string, (request: AuthorityRequest) => unknown]>([
    ['an unencrypted secret', () => SECRET],
    ['nothing', () => undefined],
    ['an invalid JWE', () => 'a.b.c.d.e'],
    ['plain text', () => 'hunter2hunter2'],
    ['an altered JWE', async (request) => (await seal(JSON.stringify(SECRET), request)).replace(/.{4}$/, 'AAAA')],
    [
      'a JWE with another content encryption',
      (request) => seal(JSON.stringify(SECRET), request, { enc: 'A128CBC-HS256' }),
    ],
    ['a JWE with a wrapped key', (request) => seal(JSON.stringify(SECRET), request, { alg: 'ECDH-ES+A256KW' })],
    ['encrypted text that is not JSON', (request) => seal('hunter2hunter2', request)],
    ['encrypted JSON that is not an object', (request) => seal('"hunter2hunter2"', request)],
    ['an encrypted object without a value', (request) => seal('{"secret": "hunter2hunter2"}', request)],
    ['an encrypted value that is not a text', (request) => seal('{"value": {"a": "hunter2hunter2"}}', request)],
    [
      'a JWE for another recipient',
      async () => {
        const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
        return seal(JSON.stringify(SECRET), { ref: REF, recipientKey: await exportJWK(publicKey) });
      },
    ],
  ])('accepts no secret from %s', async (_, sealed) => {
    const error = await replying(sealed).failure();
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'the Authority service answered with something that is not a secret',
    });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  it('refuses an expired secret', async () => {
    const expired = JSON.stringify({ ...SECRET, expiresAt: '2025-12-31T23:59:59Z' });
    expect(await replying((request) => seal(expired, request)).failure()).toMatchObject({
      code: 'unavailable',
      message: 'the Authority service answered with a secret that has expired',
    });
  });

  it('refuses an unencrypted value in the reply', async () => {
    expect((await openStore(async () => succeeded(SECRET)).failure()).code).toBe('unavailable');
  });

  it('does not quote an unknown error code', async () => {
    const reply = { ...failed('internal', ''), errorCode: 'hunter2 hunter2' as ErrorCode };
    const { message } = await openStore(async () => reply).failure();
    expect(message).toBe('the Authority service returned no secret (no reason given)');
  });

  it('stops when the signal aborts', async () => {
    const reason = new Error('given up');
    const { read } = openStore(async (_subject, _body, { signal }) => {
      signal.throwIfAborted();
      return failed('internal', 'not needed');
    });
    await expect(read(AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = openStore(async () => {
      controller.abort(reason);
      return failed('timeout', 'too late');
    });
    await expect(waiting.read(controller.signal)).rejects.toBe(reason);
  });
});
