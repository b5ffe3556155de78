import { nkeys } from '@nats-io/transport-node';

export interface OperatorMode {
  /** The configuration of a nats-server with accounts defined by JWTs. */
  readonly config: string;
  /** The credentials file of a user with all permissions in the account with JetStream. */
  readonly credentials: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

const UNLIMITED = { subs: -1, data: -1, payload: -1 };
const ACCOUNT = { ...UNLIMITED, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
const JETSTREAM = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** An operator, as `nsc` creates one, with a system account and an account for a user. */
export function operatorMode(): OperatorMode {
  const [operator, system, account] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const accounts = [
    `${system.getPublicKey()}: ${jwt(system, operator, { type: 'account', limits: ACCOUNT })}`,
    `${account.getPublicKey()}: ${jwt(account, operator, { type: 'account', limits: { ...ACCOUNT, ...JETSTREAM } })}`,
  ];
  const config = `operator: ${jwt(operator, operator, { type: 'operator' })}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: { ${accounts.join('\n')} }`;
  return { config, credentials: credentialsOf(user, jwt(user, account, { type: 'user', ...UNLIMITED })) };
}

export function seedOf(pair: KeyPair): string {
  return Buffer.from(pair.getSeed()).toString();
}

/** https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function jwt(subject: KeyPair, issuer: KeyPair, nats: object): string {
  const claims = {
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    nats: { ...nats, version: 2 },
  };
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, claims];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

function credentialsOf(user: KeyPair, token: string): string {
  const block = (title: string, text: string) => `-----BEGIN ${title}-----\n${text}\n------END ${title}------\n\n`;
  return block('NATS USER JWT', token) + block('USER NKEY SEED', seedOf(user));
}
