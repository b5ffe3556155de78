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
import { lifeOf, subjectOf, tokenIn, type TokenLife } from './token';

type Integration = IntegrationConfig<ClusterConfig>;

const NOT_KUBERNETES = 'No Kubernetes API answers at this address: /version comes right after it';
const READYZ = '/readyz?verbose';
/** Of what lives for a day or less, the end is no news: somebody renews it. */
const SHORT_LIFE_MS = 86_400_000;

/** For the stage `credential`: a cluster is there, takes the credential and is ready; when its token ends. */
export async function enterCluster(probe: Probe, api: ClusterApi, integration: Integration): Promise<void> {
  if (probe.secret) noteLife(probe, tokenIn(probe.secret.reveal(), integration.endpoint));
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

/** For the stage `identity`: whom the cluster takes us for. */
export async function identify(probe: Probe, api: ClusterApi, { endpoint }: Integration): Promise<void> {
  const name = await whoAmI(probe, api, endpoint);
  if (name === null) return;
  if (name === 'system:anonymous') throw nobody(probe);
  const kind = name.startsWith('system:serviceaccount:') ? 'service_account' : 'user';
  probe.note({ principal: { id: name, kind } });
}

/** When a token ends, and that it has to be renewed; null of one that does not say. */
export function noteLife(probe: Probe, token: string): TokenLife | null {
  const life = lifeOf(token);
  if (!life) return null;
  if (life.lifetimeMs > SHORT_LIFE_MS) {
    noteExpiry(probe, 'The token', life.expiresAt);
    return life;
  }
  const minutes = Math.round(life.lifetimeMs / 60_000);
  const expiresAt = utcTime(life.expiresAt);
  probe.note({
    credential: expiresAt === null ? {} : { expiresAt },
    warnings: [`The token is good for ${minutes} minutes only: what keeps it has to renew it in time`],
  });
  return life;
}

/** Around each stage: a refusal by what is known of the credential beside. */
export async function explained(probe: Probe, { endpoint }: Integration, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!hasCode(error, 'unauthenticated') || error.httpStatus === undefined) throw error;
    if (error.httpStatus === 403 || !probe.secret) throw nobody(probe, error);
    const life = lifeOf(tokenIn(probe.secret.reveal(), endpoint));
    if (life && life.expiresAt < probe.deps.clock.now()) {
      throw new ProbeFailure('credential_expired', 'The token has expired', { cause: error });
    }
    throw error;
  }
}

/** Since 1.28; before, a token of a service account says it itself. */
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

/** Hardened clusters tell nobody; then what the other calls show is all there is. */
async function judgeReadiness({ deps, signal }: Probe, api: ClusterApi): Promise<void> {
  const response = await api.read(READYZ, signal);
  if (response.status < 300 || [401, 403, 404].includes(response.status)) return;
  const failing = [...response.text().matchAll(/^\[-\]([\w./-]{1,60}) /gm)].map(([, name]) => name);
  if (failing.length === 0) throw clusterError(response, 'Kubernetes', 'GET /readyz', deps.clock.now());
  throw new ProbeFailure('server_degraded', `Kubernetes is not ready: ${failing.slice(0, 10).join(', ')}`);
}

/** The egress client trusts by the config, which is where everybody can see it, and not by a secret. */
function noteAuthority({ note, secret }: Probe, { config }: Integration, error: unknown): void {
  if (!hasCode(error, 'tls') || config.caBundle !== undefined || !secret) return;
  const text = secret.reveal();
  if (!isKubeconfig(text) || !namesAuthority(readKubeconfig(text))) return;
  note({ warnings: ["The kubeconfig's certificate authority is not used: put it, in PEM, into config.caBundle"] });
}

function nobody({ secret }: Probe, cause?: ProviderError): ProbeFailure {
  const message = cause?.message ?? 'Kubernetes takes the caller for nobody';
  return new ProbeFailure(secret ? 'anonymous_only' : 'credential_missing', message, { cause });
}
