import { ProviderError } from '@integrations/provider-kit';

// A name that consists of dots would change the meaning of the path.
const NAME = '(?!\\.+(?:/|$))[^/?#\\\\]+';
const PIPELINE = new RegExp(`^(${NAME})/([1-9]\\d{0,9})$`);
const REPOSITORY = new RegExp(`^(${NAME})/(${NAME})$`);

/** Azure DevOps numbers definitions, but also needs the project of each: `Shop/12`. */
export function pipelineId(project: string, definition: number): string {
  return `${project}/${definition}`;
}

/** Throws `invalid_request` if it is not the id of a pipeline. */
export function pipelineOf(id: string): { readonly project: string; readonly definition: string } {
  const [, project, definition] = PIPELINE.exec(id) ?? [];
  if (project === undefined || definition === undefined) {
    throw refused('pipeline must be the id of a listed pipeline, such as Shop/12');
  }
  return { project, definition };
}

/** Throws `invalid_request` unless it has the form `project/name`. */
export function repositoryOf(name: string): { readonly owner: string; readonly repository: string } {
  const [, owner, repository] = REPOSITORY.exec(name) ?? [];
  if (owner === undefined || repository === undefined) {
    throw refused(
      'repository must be the project/name of a repository in Azure DevOps; for any other, give the pipeline',
    );
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
