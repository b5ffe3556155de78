import { ProviderError } from '@integrations/provider-kit';
import type { GcrConfig, GcrIntegration } from './config';

type Placed = Pick<GcrIntegration, 'endpoint' | 'config'>;

/** The APIs that are called beside the registry, each by its origin. */
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

/** Whether all that is called has one of Google's own names. */
export function isGoogleOwn({ endpoint, config }: Placed): boolean {
  return config.googleApis === undefined && locationToldBy(new URL(endpoint).hostname) !== undefined;
}

/** Where repositories are, as the API names it. Throws `invalid_request` where the location is not known. */
export function parentName({ endpoint, config }: Placed): string {
  const { hostname } = new URL(endpoint);
  const location = config.location ?? locationToldBy(hostname);
  if (location !== undefined) return `projects/${config.project}/locations/${location}`;
  const message = `config.location is missing: ${hostname} is not one of Google's own names, which tell it`;
  throw new ProviderError('invalid_request', message);
}

/** The one repository that is meant; undefined: all of the project. At gcr.io the repository is the host. */
export function repositoryOf({ endpoint, config }: Placed): string | undefined {
  const { hostname } = new URL(endpoint);
  return config.repository ?? (GCR_LOCATIONS.has(hostname) ? hostname : undefined);
}

/** What comes before the name of an image within the registry; without a `repository`, before those of all. */
export function imagePrefix(integration: Placed, repository = repositoryOf(integration)): string {
  const project = projectPath(integration.config);
  const isHost = GCR_LOCATIONS.has(new URL(integration.endpoint).hostname);
  return isHost || repository === undefined ? project : `${project}${repository}/`;
}

/** The repository that an image is in, of a registry other than gcr.io. */
export function repositoryIn(image: string, { config }: Placed): string | undefined {
  const project = projectPath(config);
  return image.startsWith(project) ? image.slice(project.length).split('/')[0] : undefined;
}

function projectPath({ project }: GcrConfig): string {
  return `${project.replace(':', '/')}/`;
}

function locationToldBy(hostname: string): string | undefined {
  return /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(hostname)?.[1] ?? GCR_LOCATIONS.get(hostname);
}
