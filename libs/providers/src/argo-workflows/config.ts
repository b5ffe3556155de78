import { IsCaBundle } from '@integrations/provider-kit';
import { IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { NAMESPACE } from '../vendors/kubernetes/cluster-config';

/** Which workflows are looked at. */
export class ArgoWorkflowsConfig {
  @JSONSchema({
    description:
      'The namespace that is looked at. Absent: all that the server manages, which the credential has to be allowed for the whole cluster.',
  })
  @IsOptional()
  @Matches(NAMESPACE, { message: 'must be the name of a namespace' })
  namespace?: string;

  @IsCaBundle('Argo Server, which makes itself a certificate where it is given none')
  caBundle?: string;
}
