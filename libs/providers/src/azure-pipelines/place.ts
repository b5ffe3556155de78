import { ProviderError } from '@integrations/provider-kit';

// A name of dots alone would lead out of the path that it stands in.
const NAME = '(?!\\.+(?:/|$))[^/?#\\\\]+';
const PIPELINE = new RegExp(`^(${NAME})/([1-9]\\d{0,9})$`);
const REPOSITORY = new RegExp(`^(${NAME})/(${NAME})$`);

/** Azure DevOps numbers definitions, and wants to know the project of each: `Shop/12`. */
export function pipelineId(project: string, definition: number): string {
  return `${project}/${definition}`;
}

/** Throws `invalid_request` of what is no id of a pipeline. */
export function pipelineOf(id: string): { readonly project: string; readonly definition: string } {
  const [, project, definition] = PIPELINE.exec(id) ?? [];
  if (project === undefined || definition === undefined) {
    throw refused('pipeline has to be the id of a listed one, such as Shop/12');
  }
  return { project, definition };
}

/** Throws `invalid_request` of what is no `project/name`. */
export function repositoryOf(name: string): { readonly owner: string; readonly repository: string } {
  const [, owner, repository] = REPOSITORY.exec(name) ?? [];
  if (owner === undefined || repository === undefined) {
    throw refused('repository has to be project/name of one in Azure DevOps; name the pipeline of others');
  }
  return { owner, repository };
}

export function definitionsPath(project: string): string {
  return `/${encodeURIComponent(project)}/_apis/build/definitions`;
}

export function buildsPath(project: string): string {
  return `/${encodeURIComponent(project)}/_apis/build/builds`;
}

export function refused(why: string): ProviderError {
  return new ProviderError('invalid_request', `Azure Pipelines: ${why}`);
}
