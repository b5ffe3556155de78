/** Places within the contents, as the part of the address behind the path. */
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

/** Never empty: a link to "" leaves the address as it is. */
function linkOf(query: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()}`;
}
