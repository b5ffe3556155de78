import type { Answer } from '../fake-vendor/answer.ts';
import type { DescribedRoute } from '../fake-vendor/route-table.ts';
import type { Gate } from './auth.ts';
import type { Json } from './openapi-schema.ts';
import type { FakeApp, Shapes } from './shapes.ts';
import type { World } from './world.ts';

/** A parsed request to a known route. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, Json>>;
  readonly authorization: string | undefined;
}

/** The context of all routes. */
export interface Context {
  readonly world: World;
  readonly gate: Gate;
  readonly shapes: Shapes;
  readonly app: FakeApp;
  /** Milliseconds, by GitHub's clock. */
  now(): number;
}

/** A route. GitHub's description validates it by its template. */
export interface Route extends Pick<DescribedRoute, 'method' | 'template'> {
  /** False for a route that the description lacks. */
  readonly isDescribed?: boolean;
  handle(call: Call, context: Context): Answer;
}

const MAX_PER_PAGE = 100;

/** One page of a list, with a Link header if there are more pages. */
export function page(
  items: readonly unknown[],
  call: Call,
  url: string,
): { items: unknown[]; headers: Record<string, string> } {
  const size = Math.min(Number(call.query.get('per_page') ?? 30), MAX_PER_PAGE);
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const pages = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${url}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < pages ? [link(number + 1, 'next'), link(pages, 'last')] : []),
  ];
  return {
    items: items.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}

export function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
