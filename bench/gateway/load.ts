/** Actions posted to the gateway, or to what stands in for it, over so many connections at once. */
import autocannon from 'autocannon';

/** What one round measured: requests a second, and milliseconds. */
export interface Round {
  perSecond: number;
  p50: number;
  p99: number;
  answers: number;
}

let keys = 0;

export interface Load {
  connections: number;
  /** Seconds. */
  duration?: number;
  amount?: number;
  token: string;
  session: string;
}

/** Posts for `duration` seconds, or `amount` times; an answer other than 2xx is an error. */
export async function round(url: string, load: Load): Promise<Round> {
  const body = JSON.stringify({
    session: load.session,
    action: 'refunds.create',
    parameters: { order_id: '4821', amount: 75, currency: 'USD' },
    summary: 'Process refund of $75 for order #4821',
    why: 'The customer reported a defective item and the order is within the 30-day return window',
    evidence: [
      { title: 'Order 4821', source: 'orders.read', ref: 'act_1', content: { total: 75 } },
    ],
  });
  const headers = { authorization: `Bearer ${load.token}`, 'content-type': 'application/json' };
  const result = await autocannon({
    url,
    connections: load.connections,
    ...(load.amount === undefined ? {} : { amount: load.amount }),
    ...(load.duration === undefined ? {} : { duration: load.duration }),
    requests: [
      {
        method: 'POST',
        body,
        headers,
        setupRequest: (request) => ({
          ...request,
          headers: { ...headers, 'idempotency-key': `key-${process.pid}-${(keys += 1)}` },
        }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return {
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    answers: result['2xx'],
  };
}
