import { type ErrorCode, failed, succeeded } from '@integrations/contracts';
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { inspect } from 'node:util';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import type { SecretStoreError } from '../secret-store';
import { type Ask, AuthorityNatsStore } from './authority-nats-store';

const NEVER = new AbortController().signal;
const REF = 'authref://authority/github/app#privateKey';
const SECRET = { value: 'hunter2hunter2', version: '7', expiresAt: '2026-05-01T00:00:00Z' };

interface Asked {
  readonly ref: string;
  readonly recipientKey: JWK;
}

/** Seals as the Authority service does according to docs/authority.md. */
async function seal(text: string, { recipientKey }: Asked, header: object = {}): Promise<string> {
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
function replying(sealed: (asked: Asked) => unknown) {
  return openStore(async (_, body) => succeeded({ sealed: await sealed(body as Asked) }));
}

describe('AuthorityNatsStore', () => {
  it('asks with the reference, the tenant and a key, and opens what was encrypted to it', async () => {
    const calls: Parameters<Ask>[] = [];
    const { store, read } = openStore(async (...call) => {
      calls.push(call);
      return succeeded({ sealed: await seal(JSON.stringify(SECRET), call[1] as Asked) });
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

  it('brings another key each time, so that an old answer opens nothing', async () => {
    const answers: string[] = [];
    const { read, failure } = openStore(async (_, body) => {
      answers.push(await seal(JSON.stringify(SECRET), body as Asked));
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
  ])('answers %s to the error code %s, without repeating its words', async (code, errorCode) => {
    const error = await openStore(async () => failed(errorCode, 'hunter2 is wrong')).failure();
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  it.each<[string, (asked: Asked) => unknown]>([
    ['a secret in the open', () => SECRET],
    ['nothing', () => undefined],
    ['no JWE', () => 'a.b.c.d.e'],
    ['a value that is not sealed', () => 'hunter2hunter2'],
    ['an altered JWE', async (asked) => (await seal(JSON.stringify(SECRET), asked)).replace(/.{4}$/, 'AAAA')],
    ['another encryption', (asked) => seal(JSON.stringify(SECRET), asked, { enc: 'A128CBC-HS256' })],
    ['a wrapped key', (asked) => seal(JSON.stringify(SECRET), asked, { alg: 'ECDH-ES+A256KW' })],
    ['no JSON', (asked) => seal('hunter2hunter2', asked)],
    ['no object', (asked) => seal('"hunter2hunter2"', asked)],
    ['no value', (asked) => seal('{"secret": "hunter2hunter2"}', asked)],
    ['a value that is no text', (asked) => seal('{"value": {"a": "hunter2hunter2"}}', asked)],
    [
      'what is sealed to somebody else',
      async () => {
        const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
        return seal(JSON.stringify(SECRET), { ref: REF, recipientKey: await exportJWK(publicKey) });
      },
    ],
  ])('takes no answer for a secret that is %s', async (_, sealed) => {
    const error = await replying(sealed).failure();
    expect(error).toMatchObject({
      code: 'unavailable',
      message: 'the Authority service answers with something that is no secret',
    });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  it('does not use what has expired', async () => {
    const expired = JSON.stringify({ ...SECRET, expiresAt: '2025-12-31T23:59:59Z' });
    expect(await replying((asked) => seal(expired, asked)).failure()).toMatchObject({
      code: 'unavailable',
      message: 'the Authority service answers with a secret that has expired',
    });
  });

  it('takes no unsealed value, even where the reply has one', async () => {
    expect((await openStore(async () => succeeded(SECRET)).failure()).code).toBe('unavailable');
  });

  it('quotes no error code that is none', async () => {
    const reply = { ...failed('internal', ''), errorCode: 'hunter2 hunter2' as ErrorCode };
    const { message } = await openStore(async () => reply).failure();
    expect(message).toBe('the Authority service gives no answer (no reason given)');
  });

  it('ends with the signal', async () => {
    const reason = new Error('given up');
    const { read } = openStore(async (_subject, _body, { signal }) => {
      signal.throwIfAborted();
      return failed('internal', 'asked in vain');
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
