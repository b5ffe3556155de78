import { ProviderError } from '../provider-error';
import { ProbeFailure } from './probe-failure';

/** True for a 404 or a web page where the product's API would always answer: another product is there. */
export function isOtherProduct(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  const isPage = error.code === 'provider_unavailable' && error.httpStatus === undefined;
  return isPage || error.httpStatus === 404;
}

/** Waits for the answer that identifies a product. If something else answers, throws `not_this_product`. */
export async function recognise<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isOtherProduct(error)) throw error;
    throw new ProbeFailure('not_this_product', message, { cause: error });
  }
}
