import { IsCaBundle } from '@integrations/provider-kit';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsOptional, Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The namespaces to read in a cluster, and how its server is trusted. */
export class ClusterConfig {
  @JSONSchema({
    description:
      'The namespaces to read. Absent: all of them, for which the credential needs rights in the whole cluster.',
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
