import { Ajv, type ValidateFunction } from 'ajv';
import type { LoggedRequest } from './faults.ts';

/** A route as the vendor describes it. Without schemas, nothing is validated. */
export interface DescribedRoute {
  readonly method: string;
  /** A path; `{name}` matches anything up to the next slash. */
  readonly template: string;
  /** A JSON Schema of the request body. */
  readonly body?: object;
  /** A JSON Schema of the answer's body. */
  readonly answer?: object;
  /** The documented query parameters. */
  readonly query?: readonly string[];
}

interface Row<R> {
  readonly route: R;
  readonly path: RegExp;
  readonly body: ValidateFunction | null;
  readonly answer: ValidateFunction | null;
}

export interface FoundRoute<R> extends Row<R> {
  /** Decoded values by the names in the template. */
  readonly params: Readonly<Record<string, string>>;
}

/** The routes of a fake. The first matching route wins. */
export class RouteTable<R extends DescribedRoute> {
  readonly #rows: readonly Row<R>[];

  constructor(routes: readonly R[], ajv = new Ajv({ strict: false })) {
    this.#rows = routes.map((route) => ({
      route,
      path: pathOf(route.template),
      body: route.body ? ajv.compile(route.body) : null,
      answer: route.answer ? ajv.compile(route.answer) : null,
    }));
  }

  find(method: string, path: string): FoundRoute<R> | null {
    for (const row of this.#rows) {
      const match = row.route.method === method ? row.path.exec(path) : null;
      if (match) return { ...row, params: decoded(match.groups ?? {}) };
    }
    return null;
  }
}

/** The parts of a request that the description does not allow. */
export function wrongIn({ method, path, query, body }: LoggedRequest, found: FoundRoute<DescribedRoute>): string[] {
  const what = `${method} ${path}`;
  const unknown = Object.keys(query).filter((name) => !found.route.query?.includes(name));
  const unasked = !found.body && body !== undefined ? [`${what}: a body is not expected`] : [];
  return [
    ...unknown.map((name) => `${what}: query parameter ${name} is unknown`),
    ...errorsOf(found.body, body).map((error) => `${what}: body${error}`),
    ...unasked,
  ];
}

/** The parts of our own answer that the description does not allow. */
export function wrongAnswer(body: unknown, { route, answer }: FoundRoute<DescribedRoute>): string[] {
  return errorsOf(answer, body).map((error) => `our own ${route.template}: answer${error}`);
}

function pathOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function errorsOf(validate: ValidateFunction | null, value: unknown): string[] {
  if (!validate || validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
