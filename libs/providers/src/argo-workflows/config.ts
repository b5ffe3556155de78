import { IsCaBundle } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { NAMESPACE } from '../vendors/kubernetes/cluster-config';

/** Selects the workflows that are listed. */
export class ArgoWorkflowsConfig {
  @JSONSchema({
    description:
      'The only namespace to read. Absent: all namespaces that the server manages, for which the credential needs rights in the whole cluster.',
  })
  @IsOptional()
  @Matches(NAMESPACE, { message: 'must be the name of a namespace' })
  namespace?: string;

  @IsCaBundle('Argo Server, which makes its own certificate if it is given none')
  caBundle?: string;
}
