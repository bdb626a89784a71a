import { createHash, createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { HttpReceiver, type Received } from './http';

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string) =>
  createHmac('sha256', key).update(text).digest();

interface Version {
  body: string;
  lockedUntil: string | undefined;
}

/**
 * An object store that takes PUT as S3 does with a versioned bucket that has object lock: it
 * checks signature version 4, the payload's hash, its MD5, and that a lock comes with one.
 */
export class ObjectStore {
  readonly http = new HttpReceiver();
  /** Versions of each object, oldest first. */
  readonly objects = new Map<string, Version[]>();
  readonly #key: { id: string; secret: string; region: string };

  constructor(key: { id: string; secret: string; region: string }) {
    this.#key = key;
    this.http.answer = (request, response) => this.put(request, response);
  }

  put(request: Received, response: ServerResponse): void {
    const wrong = this.#wrong(request);
    if (wrong !== undefined) {
      const [status, code] = wrong;
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
      return;
    }
    const versions = this.objects.get(request.path) ?? [];
    const lockedUntil = request.headers['x-amz-object-lock-retain-until-date'];
    this.objects.set(request.path, [...versions, { body: request.body.toString(), lockedUntil }]);
    response.writeHead(200, { etag: '"x"' }).end();
  }

  #wrong({ method, path, headers, body }: Received): [number, string] | undefined {
    if (method !== 'PUT') return [405, 'MethodNotAllowed'];
    const parts = new Map(
      (headers['authorization'] ?? '')
        .replace('AWS4-HMAC-SHA256 ', '')
        .split(', ')
        .map((part) => part.split('=') as [string, string]),
    );
    const [id, ...scope] = (parts.get('Credential') ?? '').split('/');
    const [day = '', region = '', service = ''] = scope;
    if (id !== this.#key.id) return [403, 'InvalidAccessKeyId'];
    if (region !== this.#key.region || service !== 's3')
      return [400, 'AuthorizationHeaderMalformed'];
    const signed = parts.get('SignedHeaders') ?? '';
    const canonical = [
      method,
      path,
      '',
      ...signed.split(';').map((name) => `${name}:${headers[name]?.trim()}`),
      '',
      signed,
      headers['x-amz-content-sha256'],
    ].join('\n');
    const text = [
      'AWS4-HMAC-SHA256',
      headers['x-amz-date'],
      scope.join('/'),
      sha256(canonical),
    ].join('\n');
    const key = [region, service, 'aws4_request'].reduce(
      (from, part) => hmac(from, part),
      hmac(`AWS4${this.#key.secret}`, day),
    );
    if (hmac(key, text).toString('hex') !== parts.get('Signature'))
      return [403, 'SignatureDoesNotMatch'];
    if (headers['x-amz-content-sha256'] !== sha256(body)) return [400, 'XAmzContentSHA256Mismatch'];
    const md5 = headers['content-md5'];
    if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
      return [400, 'BadDigest'];
    const lock = ['x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date'];
    const locked = lock.filter((name) => headers[name] !== undefined);
    if (locked.length === 1 || (locked.length === 2 && md5 === undefined))
      return [400, 'InvalidRequest'];
    if (locked.some((name) => !signed.split(';').includes(name))) return [403, 'AccessDenied'];
    return undefined;
  }
}
