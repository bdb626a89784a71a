/** Just enough of a browser: cookies a host, and redirects followed one by one. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  cookie(origin: string, name: string): string | undefined {
    return this.jars.get(new URL(origin).host)?.get(name);
  }

  /** One request; remembers cookies, follows nothing. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', ...value] = pair.split('=');
      const gone = attributes.some((each) => /^\s*expires=Thu, 01 Jan 1970/i.test(each));
      if (gone) jar.delete(name);
      else jar.set(name, value.join('='));
    }
    return response;
  }

  /** Submits a form. */
  submit(url: string, fields: Record<string, string>): Promise<Response> {
    return this.request(url, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** Follows redirects from a response until one that is none, or that `stopAt` knows. */
  async follow(
    response: Response,
    from: string,
    stopAt: (url: URL) => boolean,
  ): Promise<{ url: URL; response: Response | null }> {
    let current = response;
    let url = new URL(from);
    for (let hops = 0; hops < 20; hops += 1) {
      const location = current.headers.get('location');
      if (location === null) return { url, response: current };
      url = new URL(location, url);
      if (stopAt(url)) return { url, response: null };
      current = await this.request(url.href);
    }
    throw new Error(`too many redirects, the last to ${url.href}`);
  }
}
