import { ClusterConfig } from '../vendors/kubernetes/cluster-config';

/** Which pods are looked at. */
export class KubernetesConfig extends ClusterConfig {}
