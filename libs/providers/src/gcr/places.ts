import { ProviderError } from '@integrations/provider-kit';
import type { GcrConfig, GcrIntegration } from './config';

type Placed = Pick<GcrIntegration, 'endpoint' | 'config'>;

/** The origins of the APIs that are called in addition to the registry. */
export interface GoogleApis {
  readonly oauth: string;
  readonly sts: string;
  readonly iam: string;
  readonly artifacts: string;
}

/** The hosts of the former Container Registry, which Artifact Registry serves in these locations. */
const GCR_LOCATIONS: ReadonlyMap<string, string> = new Map([
  ['gcr.io', 'us'],
  ['us.gcr.io', 'us'],
  ['eu.gcr.io', 'europe'],
  ['asia.gcr.io', 'asia'],
]);

export function googleApis({ config: { googleApis: at } }: Pick<GcrIntegration, 'config'>): GoogleApis {
  return {
    oauth: at ?? 'https://oauth2.googleapis.com',
    sts: at ?? 'https://sts.googleapis.com',
    iam: at ?? 'https://iamcredentials.googleapis.com',
    artifacts: at ?? 'https://artifactregistry.googleapis.com',
  };
}

/** True if every called host has one of Google's own names. */
export function isGoogleOwn({ endpoint, config }: Placed): boolean {
  return config.googleApis === undefined && locationIn(new URL(endpoint).hostname) !== undefined;
}

/** The API's name for the parent of the repositories. Throws `invalid_request` if the location is unknown. */
export function parentName({ endpoint, config }: Placed): string {
  const { hostname } = new URL(endpoint);
  const location = config.location ?? locationIn(hostname);
  if (location !== undefined) return `projects/${config.project}/locations/${location}`;
  const message = `config.location is missing: ${hostname} is not one of Google's own names, which contain it`;
  throw new ProviderError('invalid_request', message);
}

/** The integration's repository; undefined for the whole project. At gcr.io, it is named after the host. */
export function repositoryOf({ endpoint, config }: Placed): string | undefined {
  const { hostname } = new URL(endpoint);
  return config.repository ?? (GCR_LOCATIONS.has(hostname) ? hostname : undefined);
}

/** The prefix of image names within the registry; without a `repository`, the common prefix of all repositories. */
export function imagePrefix(integration: Placed, repository = repositoryOf(integration)): string {
  const project = projectPath(integration.config);
  const isHost = GCR_LOCATIONS.has(new URL(integration.endpoint).hostname);
  return isHost || repository === undefined ? project : `${project}${repository}/`;
}

/** The repository of an image, in a registry other than gcr.io. */
export function repositoryIn(image: string, { config }: Placed): string | undefined {
  const project = projectPath(config);
  return image.startsWith(project) ? image.slice(project.length).split('/')[0] : undefined;
}

function projectPath({ project }: GcrConfig): string {
  return `${project.replace(':', '/')}/`;
}

function locationIn(hostname: string): string | undefined {
  return /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(hostname)?.[1] ?? GCR_LOCATIONS.get(hostname);
}
