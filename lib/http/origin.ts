/** Where a request comes from, as the nearest proxy or Next's own server says. */
export function requestOrigin(headers: Headers): { address: string; userAgent: string } {
  const forwarded = headers.get('x-forwarded-for')?.split(',').at(0)?.trim();
  return { address: forwarded || 'unknown', userAgent: headers.get('user-agent') ?? '' };
}
