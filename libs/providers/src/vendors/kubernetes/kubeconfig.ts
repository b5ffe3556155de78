import { ProviderError } from '@integrations/provider-kit';
import { parse } from 'yaml';

type Fields = Readonly<Record<string, unknown>>;

/** The cluster and the user of the current context. */
export interface Kubeconfig {
  readonly cluster: Fields;
  readonly user: Fields;
}

/**
 * Other ways in which a kubeconfig's user authenticates, with advice.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
const OTHER_METHODS: readonly (readonly [field: string, what: string])[] = [
  ['exec', 'gets its token from a program, which is not run here: store the token of a service account'],
  ['auth-provider', 'gets its token from a plugin, which is not run here: store the token of a service account'],
  ['tokenFile', 'keeps its token in a file of another machine: store the token itself'],
  ['client-certificate-data', 'has a client certificate: store that, and name it in config.connection.clientCertRef'],
  ['client-certificate', 'has a client certificate: store that, and name it in config.connection.clientCertRef'],
  ['username', 'has a password, which Kubernetes no longer accepts: store the token of a service account'],
];

/** True unless the secret is a bare token. */
export function isKubeconfig(secret: string): boolean {
  const text = secret.trim();
  return text.startsWith('{') || text.includes('\n');
}

/** Parses YAML or JSON. Throws ProviderError `unauthenticated`, which quotes nothing of the text. */
export function readKubeconfig(text: string): Kubeconfig {
  const config = parsed(text);
  const context = named(config, 'context', config['current-context']);
  return { cluster: named(config, 'cluster', context['cluster']), user: named(config, 'user', context['user']) };
}

/**
 * The user's token. Throws `invalid_request` if the kubeconfig is for another server, `unauthenticated` if it has none.
 */
export function tokenOf({ cluster, user }: Kubeconfig, endpoint: string): string {
  if (normal(cluster['server']) !== normal(endpoint)) {
    throw new ProviderError('invalid_request', "endpoint: is not the server of the kubeconfig's current context");
  }
  if (isFilled(user['as']))
    throw unusable("The kubeconfig's user impersonates another one, which is not supported here");
  if (isFilled(user['token'])) return user['token'];
  const [, instead = 'has no token'] = OTHER_METHODS.find(([field]) => user[field] !== undefined) ?? [];
  throw unusable(`The kubeconfig's user ${instead}`);
}

/** True if the kubeconfig names the certificate authority of its server. */
export function namesAuthority({ cluster }: Kubeconfig): boolean {
  return isFilled(cluster['certificate-authority-data']) || isFilled(cluster['certificate-authority']);
}

function parsed(text: string): Fields {
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'error', prettyErrors: false });
  } catch {
    // No cause: a parser's message quotes the text.
    throw unusable('The secret is neither a token nor a readable kubeconfig');
  }
  if (isFields(value)) return value;
  throw unusable('The secret is neither a token nor a kubeconfig');
}

function named(config: Fields, kind: 'context' | 'cluster' | 'user', name: unknown): Fields {
  const list = config[`${kind}s`];
  const entry = Array.isArray(list) ? list.find((one: unknown) => isFields(one) && one['name'] === name) : undefined;
  const found = isFields(entry) ? entry[kind] : undefined;
  if (isFilled(name) && isFields(found)) return found;
  throw unusable(`The kubeconfig has no ${kind} for its current context`);
}

function normal(url: unknown): string | undefined {
  return URL.parse(String(url))?.href.replace(/\/+$/, '');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function unusable(message: string): ProviderError {
  return new ProviderError('unauthenticated', message);
}
