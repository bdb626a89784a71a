import type { RequestListener } from 'node:http';

/**
 * Next answers 500 for a path that does not decode (`/api/roles/%ff`). Such a path names nothing, so it leads
 * to where nothing is: the not-found page, or the problem that app/api/[...path] answers.
 */
export function withReadablePath(listener: RequestListener): RequestListener {
  return (request, response) => {
    const [path = '', ...query] = (request.url ?? '').split('?');
    if (path.includes('%') && !decodes(path)) {
      request.url = [path.startsWith('/api/') ? '/api/nowhere' : '/nowhere', ...query].join('?');
    }
    return listener(request, response);
  };
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
