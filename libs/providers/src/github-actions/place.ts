import { ProviderError, type RunsQuery } from '@integrations/provider-kit';
import { repositoryPath } from '../vendors/github/client';

/** A repository, and one of its workflows or all (null). */
export interface Place {
  readonly owner: string;
  readonly repository: string;
  readonly workflow: string | null;
}

// A name that consists of dots would change the meaning of the path.
const NAME = '(?!\\.+(?:[/:]|$))[\\w.-]+';
const REPOSITORY = new RegExp(`^(${NAME})/(${NAME})$`);
const PIPELINE = new RegExp(`^(${NAME})/(${NAME}):(\\d{1,15})$`);

/** GitHub numbers workflows, but also needs the repository of each: `acme/shop:161335`. */
export function pipelineId(repository: string, workflow: number): string {
  return `${repository}:${workflow}`;
}

/** The repository, and perhaps the workflow, whose runs are requested. Throws `invalid_request`. */
export function placeOf({ pipeline, repository }: Pick<RunsQuery, 'pipeline' | 'repository'>): Place {
  const [, owner, name, workflow = null] = partsOf(pipeline, repository);
  if (owner === undefined || name === undefined) throw refused(reasonRejected(pipeline, repository));
  const isOther = repository !== null && repository.toLowerCase() !== `${owner}/${name}`.toLowerCase();
  if (isOther) throw refused('pipeline belongs to a different repository from the one given');
  return { owner, repository: name, workflow };
}

/** The base path of a repository's Actions in the API. */
export function actionsPath(place: Pick<Place, 'owner' | 'repository'>): string {
  return `${repositoryPath(place)}/actions`;
}

function partsOf(pipeline: string | null, repository: string | null): readonly (string | undefined)[] {
  if (pipeline !== null) return PIPELINE.exec(pipeline) ?? [];
  return (repository === null ? null : REPOSITORY.exec(repository)) ?? [];
}

function reasonRejected(pipeline: string | null, repository: string | null): string {
  if (pipeline !== null) return 'pipeline must be the id of a listed pipeline, such as acme/shop:161335';
  if (repository !== null) return 'repository must have the form owner/name, such as acme/shop';
  return 'give a repository or a pipeline to list its runs';
}

function refused(why: string): ProviderError {
  return new ProviderError('invalid_request', `GitHub Actions: ${why}`);
}
