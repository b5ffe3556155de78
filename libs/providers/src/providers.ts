import type { ConnectorPlugin } from '@integrations/provider-kit';
import { createAcrPlugin } from './acr/plugin';
import { createAgentPlugin } from './agent/plugin';
import { createArgoWorkflowsPlugin } from './argo-workflows/plugin';
import { createArtifactoryPlugin } from './artifactory/plugin';
import { createAzureDevOpsPlugin } from './azure-devops/plugin';
import { createAzurePipelinesPlugin } from './azure-pipelines/plugin';
import { createBitbucketCloudPlugin } from './bitbucket-cloud/plugin';
import { createBitbucketDataCenterPlugin } from './bitbucket-data-center/plugin';
import { createCircleCiPlugin } from './circleci/plugin';
import { createEcrPlugin } from './ecr/plugin';
import { createEcsPlugin } from './ecs/plugin';
import { createDockerPlugin } from './docker/plugin';
import { createDockerHubPlugin } from './docker-hub/plugin';
import { createGcrPlugin } from './gcr/plugin';
import { createGhcrPlugin } from './ghcr/plugin';
import { createGiteaPlugin } from './gitea/plugin';
import { createGitHubActionsPlugin } from './github-actions/plugin';
import { createGitHubAppPlugin } from './github-app/plugin';
import { createGitLabPlugin } from './gitlab/plugin';
import { createGitLabCiPlugin } from './gitlab-ci/plugin';
import { createGitLabRegistryPlugin } from './gitlab-registry/plugin';
import { createHarborPlugin } from './harbor/plugin';
import { createInMemoryPlugin } from './in-memory/plugin';
import { createKubernetesPlugin } from './kubernetes/plugin';
import { createJenkinsPlugin } from './jenkins/plugin';
import { createNexusPlugin } from './nexus/plugin';
import { createNomadPlugin } from './nomad/plugin';
import { createOciPlugin } from './oci/plugin';
import { createQuayPlugin } from './quay/plugin';
import { createTektonPlugin } from './tekton/plugin';

/** Every provider of this repository, one line each. */
export function createOwnProviders(): ConnectorPlugin[] {
  return [
    createAcrPlugin(),
    createAgentPlugin(),
    createArgoWorkflowsPlugin(),
    createArtifactoryPlugin(),
    createAzureDevOpsPlugin(),
    createAzurePipelinesPlugin(),
    createBitbucketCloudPlugin(),
    createBitbucketDataCenterPlugin(),
    createCircleCiPlugin(),
    createEcrPlugin(),
    createEcsPlugin(),
    createDockerPlugin(),
    createDockerHubPlugin(),
    createGcrPlugin(),
    createGhcrPlugin(),
    createGiteaPlugin(),
    createGitHubActionsPlugin(),
    createGitHubAppPlugin(),
    createGitLabPlugin(),
    createGitLabCiPlugin(),
    createGitLabRegistryPlugin(),
    createHarborPlugin(),
    createKubernetesPlugin(),
    createJenkinsPlugin(),
    createNexusPlugin(),
    createNomadPlugin(),
    createOciPlugin(),
    createQuayPlugin(),
    createTektonPlugin(),
    createInMemoryPlugin(), // needs no network: for the demo and for tests
  ];
}
