/** The methods of each path, to tell "no such method" from "no such path". */
export class RouteTable {
  readonly #routes: { readonly segments: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** `url` as the router writes it: `/api/v1/integrations/:id`. */
  add(methods: string | readonly string[], url: string): void {
    this.#routes.push({ segments: url.split('/'), methods: [methods].flat() });
  }

  /**
   * The methods of a path, sorted; empty if nothing is served there. A named route such as `/integrations/summary`
   * takes precedence over one with an id.
   */
  methodsAt(path: string): string[] {
    const given = path.split('/');
    const matching = this.#routes.filter(({ segments }) => matches(segments, given));
    const named = matching.filter(({ segments }) => segments.at(-1) === given.at(-1));
    return [...new Set((named.length > 0 ? named : matching).flatMap(({ methods }) => methods))].sort();
  }

  /** The other methods of the path; empty if this method is served, or if nothing is served there. */
  insteadOf(method: string, path: string): string[] {
    const methods = this.methodsAt(path);
    return methods.includes(method) ? [] : methods;
  }
}

function matches(segments: readonly string[], given: readonly string[]): boolean {
  if (segments.at(-1) === '*')
    return given.length >= segments.length && matches(segments.slice(0, -1), given.slice(0, segments.length - 1));
  if (segments.length !== given.length) return false;
  return segments.every((segment, at) => segment === given[at] || (segment.startsWith(':') && given[at] !== ''));
}
