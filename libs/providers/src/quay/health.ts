import {
  isObject,
  type JsonObject,
  jsonObject,
  type Probe,
  ProbeFailure,
  registryError,
} from '@integrations/provider-kit';

/** For a stage of a probe: checks that none of Quay's services fails. Passes if Quay's health is not accessible. */
export async function checkServices({ deps, signal }: Probe, endpoint: string): Promise<void> {
  const headers = { accept: 'application/json' };
  const response = await deps.egress.request({ method: 'GET', url: `${endpoint}/health/instance`, headers, signal });
  // A proxy in front of Quay may not expose its health.
  if (response.status === 404 || response.status === 403) return;
  const services = servicesIn(response.text());
  // A 503 lists the failing services, too.
  if (services && [200, 503].includes(response.status)) {
    const failing = Object.keys(services).filter((name) => services[name] !== true);
    if (failing.length === 0) return;
    throw new ProbeFailure('server_degraded', `Quay reports that these services fail: ${failing.join(', ')}`);
  }
  if (response.status === 200)
    throw new ProbeFailure('not_this_product', 'The service at /health/instance is not Quay');
  throw registryError(response, 'Quay', 'GET /health/instance', deps.clock.now());
}

function servicesIn(text: string): JsonObject | undefined {
  const { data } = (jsonObject(text) ?? {}) as { readonly data?: { readonly services?: unknown } | null };
  return isObject(data?.services) ? data.services : undefined;
}
