import { type Answer, type TestCatalog, type TestClient } from './support';

/** The header that the console sends with every request. */
export const FROM_CONSOLE = { 'x-requested-with': 'integrations-console' };

export function signIn(
  catalog: TestCatalog,
  token: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Record<string, unknown>>> {
  const options = { body: { token }, headers: { ...FROM_CONSOLE, ...headers } };
  return catalog.anonymous().call('POST', '/console/session', options);
}

/** The cookies that an answer sets, as a browser then sends them. */
export function cookieOf({ headers }: Answer<unknown>): string {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]!);
  return pairs.filter((pair) => !pair.endsWith('=')).join('; ');
}

/** A client like the console in a browser with a signed-in user. */
export async function signedIn(catalog: TestCatalog, token: string): Promise<TestClient> {
  const answer = await signIn(catalog, token);
  if (answer.status !== 200) throw new Error(`signing in answered ${answer.status}: ${answer.text}`);
  return catalog.anonymous({ ...FROM_CONSOLE, cookie: cookieOf(answer) });
}
