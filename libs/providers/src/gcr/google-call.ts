import {
  type EgressResponse,
  type FailureCode,
  type JsonObject,
  jsonObject,
  type ProviderDeps,
  ProviderError,
  registryError,
  unreadable,
} from '@integrations/provider-kit';

export interface GoogleCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** An access token. */
  readonly bearer?: string;
  /** Sent as JSON, unless it is a form. */
  readonly body?: object | URLSearchParams;
}

/** Calls a Google API. Throws ProviderError if it refuses the call or its answer is not a JSON object. */
export async function callGoogle(
  { egress, clock }: Pick<ProviderDeps, 'egress' | 'clock'>,
  call: GoogleCall,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { method, url, bearer, body } = call;
  const isForm = body instanceof URLSearchParams;
  const response = await egress.request({
    ...{ method, url, signal },
    headers: {
      accept: 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body ? { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' } : {}),
    },
    ...(body ? { body: isForm ? body.toString() : JSON.stringify(body) } : {}),
  });
  const what = `${method} ${new URL(url).pathname}`;
  const answer = jsonObject(response.text());
  if (response.status !== 200) throw refusal(response, answer, what, clock.now());
  if (answer) return answer;
  throw unreadable('Google', what);
}

/** Reasons for a refused token request, by the token server's words; the first match counts. */
const GRANT_REFUSALS: readonly (readonly [RegExp, string, FailureCode?])[] = [
  [/short-lived token/i, 'the clock here is wrong', 'clock_skew'],
  [/Invalid JWT Signature/i, 'the key of the service account is deleted or disabled'],
  [/account not found/i, 'the service account is deleted'],
  // `ID Token issued at 1713260741 is stale to sign-in.`
  [/expired|is stale/i, 'the token of the workload has expired', 'credential_expired'],
];

/** Reasons that concern everyone's calls, not the credential's permissions. */
const PROJECT_REFUSALS: Readonly<Record<string, string>> = {
  SERVICE_DISABLED: 'the API is not enabled in the project',
  SECURITY_POLICY_VIOLATED: 'a perimeter of VPC Service Controls around the project keeps us out',
};

function refusal(response: EgressResponse, answer: JsonObject | null, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const { error, error_description } = answer ?? {};
  if (httpStatus === 400 && error === 'invalid_target') {
    const message = `Google answered 400 to ${what}: config.audience names no provider of a workload identity pool`;
    return new ProviderError('invalid_request', message, { httpStatus });
  }
  if (httpStatus === 400 && typeof error === 'string') {
    const [, why = 'it refuses the credential', probeCode] =
      GRANT_REFUSALS.find(([pattern]) => pattern.test(String(error_description))) ?? [];
    return new ProviderError('unauthenticated', `Google answered 400 to ${what}: ${why}`, { httpStatus, probeCode });
  }
  const words = httpStatus === 403 ? JSON.stringify(error ?? '') : '';
  const ofProject = Object.keys(PROJECT_REFUSALS).find((reason) => words.includes(`"${reason}"`));
  if (ofProject !== undefined) {
    const message = `Google answered 403 to ${what}: ${PROJECT_REFUSALS[ofProject]}`;
    return new ProviderError('permission_missing', message, { httpStatus });
  }
  return registryError(response, 'Google', what, now);
}
