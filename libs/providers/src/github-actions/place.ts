import { ProviderError, type RunsQuery } from '@integrations/provider-kit';
import { repositoryPath } from '../vendors/github/client';

/** A repository, and a workflow of it or all. */
export interface Place {
  readonly owner: string;
  readonly repository: string;
  readonly workflow: string | null;
}

// A name of dots alone would lead out of the path that it stands in.
const NAME = '(?!\\.+(?:[/:]|$))[\\w.-]+';
const REPOSITORY = new RegExp(`^(${NAME})/(${NAME})$`);
const PIPELINE = new RegExp(`^(${NAME})/(${NAME}):(\\d{1,15})$`);

/** GitHub numbers workflows, and wants to know the repository of each: `acme/shop:161335`. */
export function pipelineId(repository: string, workflow: number): string {
  return `${repository}:${workflow}`;
}

/** Whose runs are asked for. Throws `invalid_request`. */
export function placeOf({ pipeline, repository }: Pick<RunsQuery, 'pipeline' | 'repository'>): Place {
  const [, owner, name, workflow = null] = partsOf(pipeline, repository);
  if (owner === undefined || name === undefined) throw refused(whyNot(pipeline, repository));
  const isOther = repository !== null && repository.toLowerCase() !== `${owner}/${name}`.toLowerCase();
  if (isOther) throw refused('pipeline is one of another repository than repository says');
  return { owner, repository: name, workflow };
}

/** The path of what GitHub has of Actions there. */
export function actionsPath(place: Pick<Place, 'owner' | 'repository'>): string {
  return `${repositoryPath(place)}/actions`;
}

function partsOf(pipeline: string | null, repository: string | null): readonly (string | undefined)[] {
  if (pipeline !== null) return PIPELINE.exec(pipeline) ?? [];
  return (repository === null ? null : REPOSITORY.exec(repository)) ?? [];
}

function whyNot(pipeline: string | null, repository: string | null): string {
  if (pipeline !== null) return 'pipeline has to be the id of a listed one, such as acme/shop:161335';
  if (repository !== null) return 'repository has to be owner/name, such as acme/shop';
  return 'runs are listed of a repository or a pipeline: name one of the two';
}

function refused(why: string): ProviderError {
  return new ProviderError('invalid_request', `GitHub Actions: ${why}`);
}
