import { ProviderError } from '../provider-error';
import { ProbeFailure } from './probe-failure';

/** A 404 or a page where an API always answers: something else is there. */
export function isOtherProduct(error: unknown): error is ProviderError {
  if (!(error instanceof ProviderError)) return false;
  const isPage = error.code === 'provider_unavailable' && error.httpStatus === undefined;
  return isPage || error.httpStatus === 404;
}

/** The answer by which a product is known; something else instead is `not_this_product`, with `message`. */
export async function recognise<T>(answer: Promise<T>, message: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isOtherProduct(error)) throw error;
    throw new ProbeFailure('not_this_product', message, { cause: error });
  }
}
