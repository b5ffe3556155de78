import { ClusterConfig } from '../vendors/kubernetes/cluster-config';

/** Selects the pipelines that are listed. */
export class TektonConfig extends ClusterConfig {}
