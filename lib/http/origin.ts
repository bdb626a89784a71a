/** Where a request comes from; the console's server has left one address (client-address.ts). */
export function requestOrigin(headers: Headers): { address: string; userAgent: string } {
  const forwarded = headers.get('x-forwarded-for')?.split(',').at(0)?.trim();
  return { address: forwarded || 'unknown', userAgent: headers.get('user-agent') ?? '' };
}
