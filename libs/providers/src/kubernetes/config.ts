import { ClusterConfig } from '../vendors/kubernetes/cluster-config';

/** Selects the pods that are listed. */
export class KubernetesConfig extends ClusterConfig {}
