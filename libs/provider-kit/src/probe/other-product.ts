import { ProviderError } from '../provider-error';
import { ProbeFailure } from './probe-failure';

/** Waits for the answer that identifies a product. If something else answers, throws `not_this_product`. */
export async function recognise<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isOtherProduct(error)) throw error;
    throw new ProbeFailure('not_this_product', message, { cause: error });
  }
}

/** True for a 404 or a web page where the product's API would always answer. */
function isOtherProduct(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false;
  const isPage = error.code === 'provider_unavailable' && error.httpStatus === undefined;
  return isPage || error.httpStatus === 404;
}
