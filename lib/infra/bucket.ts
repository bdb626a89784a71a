import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { outgoingHttp, type OutgoingAnswer } from './outgoing';

export interface PutObject {
  endpoint: string;
  region: string;
  bucket: string;
  key: string;
  accessKeyId: string;
  secretAccessKey: string;
  contentType: string;
  body: Buffer;
  /** Until when nobody may change or delete the object (S3 Object Lock, compliance mode). */
  lockUntil: Date | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** As the signature has it (RFC 3986), so that no store need encode anew what it was sent. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Writes an object to an S3-compatible store, addressed by path, signed by AWS Signature
 * Version 4 over its content. Throws OutgoingFailure when no answer came.
 */
export async function putObject(put: PutObject): Promise<OutgoingAnswer> {
  const path = [put.bucket, ...put.key.split('/')].map(encoded).join('/');
  const signed = await new AwsV4Signer({
    method: 'PUT',
    url: `${put.endpoint}/${path}`,
    headers: {
      'content-type': put.contentType,
      // A store with object lock asks for a checksum of what it is to keep; all know this one.
      'content-md5': createHash('md5').update(put.body).digest('base64'),
      'x-amz-content-sha256': createHash('sha256').update(put.body).digest('hex'),
      ...(put.lockUntil
        ? {
            'x-amz-object-lock-mode': 'COMPLIANCE',
            'x-amz-object-lock-retain-until-date': put.lockUntil.toISOString(),
          }
        : {}),
    },
    accessKeyId: put.accessKeyId,
    secretAccessKey: put.secretAccessKey,
    service: 's3',
    region: put.region,
  }).sign();
  return outgoingHttp({
    method: 'PUT',
    url: signed.url.href,
    headers: Object.fromEntries(signed.headers),
    body: put.body,
    timeoutMs: put.timeoutMs,
    signal: put.signal,
  });
}
