/** A minimal browser with redirects, cookies and one form. */
export class WebBrowser {
  cookies = new Map<string, string>();

  constructor(private readonly headers: Record<string, string> = {}) {}

  /** Returns one answer, without following a redirect. */
  async open(url: string, form?: URLSearchParams) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = form ? { method: 'POST', body: form } : {};
    const response = await fetch(url, { ...sent, redirect: 'manual', headers: { ...this.headers, cookie } });
    const setCookie = response.headers.getSetCookie();
    for (const [name, value] of setCookie.map((one) => one.split(';', 1)[0]!.split('='))) {
      if (value) this.cookies.set(name!, value);
      else this.cookies.delete(name!);
    }
    const location = response.headers.get('location');
    return { status: response.status, location: location ?? '', setCookie, response };
  }

  /** Follows the pages of an identity provider until it redirects elsewhere, and returns that address. */
  async logIn(authorizationUrl: string, name: string): Promise<string> {
    const { origin } = new URL(authorizationUrl);
    let url = authorizationUrl;
    for (let steps = 0; url.startsWith(origin); steps += 1) {
      const { location } = await this.open(url);
      const next = location || (await this.open(url, new URLSearchParams({ name }))).location;
      if (!next || steps > 5) throw new Error(`the identity provider leads nowhere from ${url}`);
      url = new URL(next, url).href;
    }
    return url;
  }
}
