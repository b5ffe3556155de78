import { RequestRejected } from '@integrations/bus';

/** For an id that names no integration of the tenant. */
export function noSuchIntegration(integrationId: string): RequestRejected {
  const details = [{ field: 'integrationId', message: 'is not the id of an integration of this tenant' }];
  return new RequestRejected('not_found', `there is no integration ${integrationId} in this tenant`, details);
}
