/** Links within the contents, as query strings. */
export function repositoryLink(repository: string): string {
  return linkOf({ repository });
}

/** `reference`: a tag or a digest. */
export function imageLink(repository: string, reference: string): string {
  return linkOf({ repository, reference });
}

/** From the list of pipelines to the runs of one. */
export function runsLink(pipeline: string, repository: string | null): string {
  return `../runs${linkOf({ pipeline, repository: repository ?? '' })}`;
}

/** The query string. It is never empty, because a link to "" would not change the URL. */
function linkOf(query: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()}`;
}
