import { type EgressResponse, jsonObject, ProviderError, refusalOf, type Refusing } from '@integrations/provider-kit';

const REASON = /^[A-Z][A-Za-z]{2,39}$/;

/** The meaning of a refusal, by the API's `Status`. https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export const clusterError: Refusing = (response, product, what, now) => {
  const { reason, message } = statusIn(response);
  if (response.status === 403 && message.includes('"system:anonymous"')) {
    const why = `${product} treats the caller as anonymous: it saw no token or client certificate that it recognises`;
    return new ProviderError('unauthenticated', why, { httpStatus: 403 });
  }
  if (response.status === 410) {
    const stale = 'cursor: the cluster has discarded this list; start again from the first page';
    return new ProviderError('invalid_request', stale, { httpStatus: 410 });
  }
  return refusalOf(response, product, what, now, REASON.test(reason) ? reason : undefined);
};

function statusIn(response: EgressResponse): { readonly reason: string; readonly message: string } {
  const { reason, message } = jsonObject(response.text()) ?? {};
  return { reason: textOf(reason), message: textOf(message) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
