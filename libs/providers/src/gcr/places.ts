import { ProviderError } from '@integrations/provider-kit';
import type { GcrIntegration } from './config';

type Placed = Pick<GcrIntegration, 'endpoint' | 'config'>;

/** The APIs that are called beside the registry, each by its origin. */
export interface GoogleApis {
  readonly oauth: string;
  readonly sts: string;
  readonly iam: string;
  readonly artifacts: string;
}

/** The hosts of the former Container Registry, which Artifact Registry serves in these locations. */
const GCR_LOCATIONS: Readonly<Record<string, string>> = {
  'gcr.io': 'us',
  'us.gcr.io': 'us',
  'eu.gcr.io': 'europe',
  'asia.gcr.io': 'asia',
};

export function googleApis({ config: { googleApis: at } }: Pick<GcrIntegration, 'config'>): GoogleApis {
  return {
    oauth: at ?? 'https://oauth2.googleapis.com',
    sts: at ?? 'https://sts.googleapis.com',
    iam: at ?? 'https://iamcredentials.googleapis.com',
    artifacts: at ?? 'https://artifactregistry.googleapis.com',
  };
}

/** The repository, as the API names it. Throws `invalid_request` where its location is not known. */
export function repositoryName({ endpoint, config }: Placed): string {
  const { hostname } = new URL(endpoint);
  const told = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(hostname)?.[1] ?? GCR_LOCATIONS[hostname];
  const location = config.location ?? told;
  if (location === undefined) {
    const message = `config.location is missing: ${hostname} is not one of Google's own names, which tell it`;
    throw new ProviderError('invalid_request', message);
  }
  return `projects/${config.project}/locations/${location}/repositories/${config.repository}`;
}

/** What comes before the name of an image within the registry. At gcr.io the repository is the host. */
export function imagePrefix({ endpoint, config }: Placed): string {
  const project = config.project.replace(':', '/');
  return new URL(endpoint).hostname in GCR_LOCATIONS ? `${project}/` : `${project}/${config.repository}/`;
}
