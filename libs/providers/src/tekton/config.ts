import { ClusterConfig } from '../vendors/kubernetes/cluster-config';

/** Which pipelines are looked at. */
export class TektonConfig extends ClusterConfig {}
