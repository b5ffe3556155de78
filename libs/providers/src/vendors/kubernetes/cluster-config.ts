import { IsCaBundle } from '@integrations/provider-kit';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is looked at in a cluster, and how it is known. */
export class ClusterConfig {
  @JSONSchema({
    description:
      'The namespaces that are looked at. Absent: all of them, which the credential has to be allowed for the whole cluster.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(NAMESPACE, { each: true, message: 'must each be the name of a namespace' })
  namespaces?: string[];

  @IsCaBundle("a cluster's API, which is the certificate-authority-data of a kubeconfig, decoded")
  caBundle?: string;
}
