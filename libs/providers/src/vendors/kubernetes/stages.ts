import {
  hasCode,
  hasStatus,
  type IntegrationConfig,
  noteExpiry,
  type Probe,
  ProbeFailure,
  type ProviderError,
  recognise,
  utcTime,
} from '@integrations/provider-kit';
import type { ClusterApi } from './cluster-api';
import type { ClusterConfig } from './cluster-config';
import { clusterError } from './cluster-error';
import { isKubeconfig, namesAuthority, readKubeconfig } from './kubeconfig';
import { lifetimeOf, subjectOf, tokenIn, type TokenLifetime } from './token';

type Integration = IntegrationConfig<ClusterConfig>;

const NOT_KUBERNETES = 'This address does not serve the Kubernetes API: /version must be directly below it';
const READYZ = '/readyz?verbose';
/** A token that lives no longer gets a warning that it must be renewed, and none when its expiry is near. */
const SHORT_LIFETIME_MS = 86_400_000;

/** Stage `credential`: a ready cluster accepts the credential. Notes when the token expires. */
export async function enterCluster(probe: Probe, api: ClusterApi, integration: Integration): Promise<void> {
  if (probe.secret) noteLifetime(probe, tokenIn(probe.secret.reveal(), integration.endpoint));
  const version = await recognise(api.ask({ path: '/version' }, probe.signal), NOT_KUBERNETES).catch(
    (error: unknown) => {
      noteAuthority(probe, integration, error);
      throw error;
    },
  );
  const { gitVersion } = version.data as { readonly gitVersion?: unknown };
  if (typeof gitVersion !== 'string') throw new ProbeFailure('not_this_product', NOT_KUBERNETES);
  probe.note({ server: { product: 'Kubernetes', version: gitVersion } });
  await judgeReadiness(probe, api);
}

/** Stage `identity`: the user that the cluster identifies. */
export async function identify(probe: Probe, api: ClusterApi, { endpoint }: Integration): Promise<void> {
  const name = await whoAmI(probe, api, endpoint);
  if (name === null) return;
  if (name === 'system:anonymous') throw anonymousFailure(probe);
  const kind = name.startsWith('system:serviceaccount:') ? 'service_account' : 'user';
  probe.note({ principal: { id: name, kind } });
}

/** Notes a token's expiry, and that a short-lived token must be renewed; null if the token does not say. */
export function noteLifetime(probe: Probe, token: string): TokenLifetime | null {
  const lifetime = lifetimeOf(token);
  if (!lifetime) return null;
  if (lifetime.lifetimeMs > SHORT_LIFETIME_MS) {
    noteExpiry(probe, 'The token', lifetime.expiresAt);
    return lifetime;
  }
  const minutes = Math.round(lifetime.lifetimeMs / 60_000);
  const expiresAt = utcTime(lifetime.expiresAt);
  probe.note({
    credential: expiresAt === null ? {} : { expiresAt },
    warnings: [`The token is valid for ${minutes} minutes only: its store must renew it in time`],
  });
  return lifetime;
}

/** Wraps a stage: explains a refused credential by what is known about it, such as its expiry. */
export async function explained(probe: Probe, { endpoint }: Integration, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!hasCode(error, 'unauthenticated') || error.httpStatus === undefined) throw error;
    if (error.httpStatus === 403 || !probe.secret) throw anonymousFailure(probe, error);
    const lifetime = lifetimeOf(tokenIn(probe.secret.reveal(), endpoint));
    if (lifetime && lifetime.expiresAt < probe.deps.clock.now()) {
      throw new ProbeFailure('credential_expired', 'The token has expired', { cause: error });
    }
    throw error;
  }
}

/**
 * SelfSubjectReview exists since Kubernetes 1.28. On older clusters, the subject of a service account's token is used.
 */
async function whoAmI({ signal, secret }: Probe, api: ClusterApi, endpoint: string): Promise<string | null> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  try {
    const { data } = await api.ask({ method: 'POST', path, body }, signal);
    const { status } = data as { readonly status?: { readonly userInfo?: { readonly username?: unknown } } };
    const username = status?.userInfo?.username;
    return typeof username === 'string' ? username : null;
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    return secret && subjectOf(tokenIn(secret.reveal(), endpoint));
  }
}

/** Hardened clusters do not answer this call; then only the other calls show the state of the cluster. */
async function judgeReadiness({ deps, signal }: Probe, api: ClusterApi): Promise<void> {
  const response = await api.read(READYZ, signal);
  if (response.status < 300 || [401, 403, 404].includes(response.status)) return;
  const failing = [...response.text().matchAll(/^\[-\]([\w./-]{1,60}) /gm)].map(([, name]) => name);
  if (failing.length === 0) throw clusterError(response, 'Kubernetes', 'GET /readyz', deps.clock.now());
  throw new ProbeFailure('server_degraded', `Kubernetes is not ready: ${failing.slice(0, 10).join(', ')}`);
}

/** The egress client trusts only the authorities in the config, where users can see them, and none from a secret. */
function noteAuthority({ note, secret }: Probe, { config }: Integration, error: unknown): void {
  if (!hasCode(error, 'tls') || config.caBundle !== undefined || !secret) return;
  const text = secret.reveal();
  if (!isKubeconfig(text) || !namesAuthority(readKubeconfig(text))) return;
  note({ warnings: ["The kubeconfig's certificate authority is not used: put it, in PEM, into config.caBundle"] });
}

function anonymousFailure({ secret }: Probe, cause?: ProviderError): ProbeFailure {
  const message = cause?.message ?? 'Kubernetes treats the caller as anonymous';
  return new ProbeFailure(secret ? 'anonymous_only' : 'credential_missing', message, { cause });
}
