import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { ProviderError } from '../provider-error';
import { errorCodeOf } from './transport-errors';

type Decoder = (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer<ArrayBuffer>>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

export function isEncoded(headers: Readonly<Record<string, string>>): boolean {
  return encodingOf(headers) !== 'identity';
}

/**
 * Requests ask for `identity`, but some proxies compress regardless. The decoded body has the same size limit as the
 * encoded one, so a small body cannot expand into a huge one. Removes the encoding and length headers.
 */
export async function decodeBody(
  body: Buffer<ArrayBuffer>,
  headers: Record<string, string>,
  maxResponseBytes: number,
  host: string,
): Promise<Buffer<ArrayBuffer>> {
  if (body.length === 0) return body;
  const encoding = encodingOf(headers);
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decode)
    throw new ProviderError('network', `${host} answered in an encoding that was not requested`, { stage: 'http' });
  try {
    const decoded = await decode(body, { maxOutputLength: maxResponseBytes });
    delete headers['content-encoding'];
    delete headers['content-length'];
    return decoded;
  } catch (cause) {
    if (errorCodeOf(cause) === 'ERR_BUFFER_TOO_LARGE') {
      const message = `${host} answered with more than ${maxResponseBytes} bytes`;
      throw new ProviderError('too_large', message, { cause, stage: 'http' });
    }
    throw new ProviderError('network', `The answer of ${host} is not valid ${encoding}`, { cause, stage: 'http' });
  }
}

/** A missing header means `identity`. */
function encodingOf(headers: Readonly<Record<string, string>>): string {
  return headers['content-encoding']?.trim().toLowerCase() || 'identity';
}
