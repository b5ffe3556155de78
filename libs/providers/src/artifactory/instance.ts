import {
  type EgressResponse,
  type JsonApi,
  jsonObject,
  type Probe,
  ProbeFailure,
  registryError,
  unreadable,
} from '@integrations/provider-kit';

/** Services without which no image can be pulled: Artifactory itself, and Access, which checks credentials. */
const ESSENTIAL = ['jfrt', 'jfac'];

/** For a stage of a probe: checks that Artifactory answers, accepts the credential and has healthy services. */
export async function checkArtifactory(probe: Probe, api: JsonApi): Promise<void> {
  const response = await get(probe, api, '/system/ping');
  if (response.status !== 200) {
    if (response.status === 404) throw notArtifactory();
    throw registryError(response, api.product, 'GET /system/ping', probe.deps.clock.now());
  }
  const version = response.headers['x-jfrog-version'] ?? response.headers['server'] ?? '';
  const [, number] = /^Artifactory\/([\w.+-]+)/.exec(version) ?? [];
  if (number === undefined) throw notArtifactory();
  probe.note({ server: { product: 'Artifactory', version: number } });
  await checkServices(probe, api);
}

/** Checks the services by the health that the router reports. Older versions have none, and proxies may hide it. */
async function checkServices(probe: Probe, api: JsonApi): Promise<void> {
  const what = 'GET /router/api/v1/system/health';
  const response = await get(probe, { ...api, base: api.base.replace(/\/[^/]+\/api$/, '') }, what.slice('GET '.length));
  if ([401, 403, 404].includes(response.status)) return;
  const services = servicesIn(response.text());
  // A 503 lists the unhealthy services, too.
  if (response.status !== 200 && !(response.status === 503 && services)) {
    throw registryError(response, api.product, what, probe.deps.clock.now());
  }
  if (!services) throw unreadable(api.product, what);
  const broken = services.filter(({ state }) => state !== 'HEALTHY').map(({ name }) => name);
  const others = broken.filter((name) => !ESSENTIAL.includes(name));
  probe.note({ warnings: others.map((name) => `Artifactory reports that its service ${name} is not healthy`) });
  if (others.length === broken.length) return;
  const essential = broken.filter((name) => ESSENTIAL.includes(name));
  throw new ProbeFailure('server_degraded', `Artifactory reports that it is unhealthy: ${essential.join(', ')}`);
}

async function get({ deps, signal }: Probe, api: JsonApi, path: string): Promise<EgressResponse> {
  return deps.egress.request({ method: 'GET', url: `${api.base}${path}`, headers: await api.headers(signal), signal });
}

/** Services by their short names: an id looks like `jfrt@01f…`. */
function servicesIn(text: string): { name: string; state: unknown }[] | undefined {
  const { services } = jsonObject(text) ?? {};
  if (!Array.isArray(services)) return undefined;
  return services.map((value) => {
    const { service_id: id, state } = (value ?? {}) as Record<string, unknown>;
    return { name: typeof id === 'string' ? id.split('@')[0]! : 'without a name', state };
  });
}

function notArtifactory(): ProbeFailure {
  return new ProbeFailure(
    'not_this_product',
    'This host does not serve Artifactory at /artifactory: see config.artifactoryUrl',
  );
}
