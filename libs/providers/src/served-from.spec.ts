import { createOwnProviders } from './providers';

const ENDPOINTS: readonly string[] = [
  'https://example.com',
  'https://Host.example.com:8443/path',
  'https://host.example.com/api/v3',
  'https://api.github.com',
  'https://api.acme.ghe.com',
  'https://gitlab.com',
  'https://api.bitbucket.org/2.0',
  'https://eu.gcr.io',
  'https://registry-1.docker.io/v2',
  'https://nexus.example.com/repository/docker',
  'https://acme.jfrog.io/artifactory/api/docker/docker-local',
].map((endpoint) => new URL(endpoint).href.replace(/\/$/, ''));
const CONFIG = { project: 'acme', repository: 'docker' };

const withServedFrom = createOwnProviders().filter(({ servedFrom }) => servedFrom);

it.each(withServedFrom.map((plugin) => [plugin.provider, plugin] as const))(
  '%s finds the host of its endpoint from every address that it serves',
  (_provider, { serves, servedFrom }) => {
    for (const endpoint of ENDPOINTS) {
      const places = serves!({ integrationId: 'i', tenantId: 't', endpoint, config: CONFIG });
      const hosts = places.map((place) => new URL(`https://${place.replace('ssh://', '')}`).hostname);
      for (const host of hosts)
        expect([endpoint, servedFrom!(host)]).toEqual([endpoint, expect.arrayContaining([new URL(endpoint).hostname])]);
    }
  },
);
