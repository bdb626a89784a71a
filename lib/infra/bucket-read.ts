import { AwsV4Signer } from 'aws4fetch';
import { httpCall } from './http-client';

export interface GetObject {
  endpoint: string;
  region: string;
  bucket: string;
  key: string;
  accessKeyId: string;
  secretAccessKey: string;
  timeoutMs: number;
}

/** A small object's text from an S3-compatible store; undefined when there is none. */
export async function getObject(get: GetObject): Promise<string | undefined> {
  const path = [get.bucket, ...get.key.split('/')].map(encodeURIComponent).join('/');
  const signed = await new AwsV4Signer({
    method: 'GET',
    url: `${get.endpoint}/${path}`,
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    accessKeyId: get.accessKeyId,
    secretAccessKey: get.secretAccessKey,
    service: 's3',
    region: get.region,
  }).sign();
  const answer = await httpCall({
    method: 'GET',
    url: signed.url.href,
    headers: Object.fromEntries(signed.headers),
    timeoutMs: get.timeoutMs,
  });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`the bucket answered with status ${answer.status}`);
  return answer.text;
}
