/** A browser, as far as redirects, cookies and one form go. */
export class WebBrowser {
  cookies = new Map<string, string>();

  constructor(private readonly headers: Record<string, string> = {}) {}

  /** One answer, whose redirect is not followed. */
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

  /** Goes on from the address of an identity provider until that leads elsewhere, and returns where to. */
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
