/** Describes one request/reply subject. `request` names a DTO class and `replies` name types; both are exported by libs/contracts. */
export interface RequestDescription {
  readonly summary: string;
  readonly app: 'catalog-api' | 'health-worker' | 'annotation-dispatcher';
  readonly request: string;
  readonly replies: readonly string[];
}

/** Descriptions of the request headers, by their keys in HEADERS. */
export const HEADER_TEXTS = {
  tenant:
    'The tenant that sends the request: 1 to 63 lower-case letters, digits, `-` or `_`. Absent: the default tenant. Durable submissions name the tenant in the subject instead.',
  traceparent:
    'W3C trace context. The log lines about the request, and the events that follow from it, name the trace. A malformed one is ignored.',
  idempotencyKey: 'The same as the field `idempotencyKey` of SCM requests. The field takes precedence.',
  deadlineMs:
    'How many milliseconds, 1 to 86400000, the caller waits for the outcome of an SCM request. Other requests ignore it.',
};

/** Every request/reply subject, by its key in RPC. Generating the documents fails if one is missing. */
export const REQUESTS: Readonly<Record<string, RequestDescription>> = {
  scmComment: {
    summary: 'Create our comment on a pull request, or update it',
    app: 'annotation-dispatcher',
    request: 'ScmCommentRequest',
    replies: ['ScmCommentResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmStatus: {
    summary: 'Set a commit status',
    app: 'annotation-dispatcher',
    request: 'ScmStatusRequest',
    replies: ['ScmStatusResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmCheckRun: {
    summary: 'Create our check run with inline annotations, or update it',
    app: 'annotation-dispatcher',
    request: 'ScmCheckRunRequest',
    replies: ['ScmCheckRunResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmPublish: {
    summary: 'Publish the findings of a scan as comment, check run, status and remarks at the lines of the diff',
    app: 'annotation-dispatcher',
    request: 'ScmPublishRequest',
    replies: ['ScmPublishResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmOperation: {
    summary: 'Read the state and the outcome of an operation',
    app: 'annotation-dispatcher',
    request: 'ScmOperationRequest',
    replies: ['ScmOperationView'],
  },
  catalogGet: {
    summary: 'Read an integration',
    app: 'catalog-api',
    request: 'IntegrationIdRequest',
    replies: ['IntegrationView'],
  },
  catalogList: {
    summary: 'List integrations, newest first, page by page',
    app: 'catalog-api',
    request: 'ListIntegrationsQuery',
    replies: ['IntegrationPage'],
  },
  catalogResolve: {
    summary: 'Find the enabled integration that serves a repository or an image',
    app: 'catalog-api',
    request: 'ResolveIntegrationRequest',
    replies: ['IntegrationView'],
  },
  probeTest: {
    summary: 'Test an integration now, thoroughly and stage by stage',
    app: 'health-worker',
    request: 'IntegrationIdRequest',
    replies: ['ProbeVerdict'],
  },
  probeHealth: {
    summary: 'Check the health of an integration now',
    app: 'health-worker',
    request: 'IntegrationIdRequest',
    replies: ['ProbeVerdict'],
  },
  probeDiscover: {
    summary: 'List what an integration can reach, for example repositories, page by page',
    app: 'health-worker',
    request: 'DiscoverRequest',
    replies: ['DiscoveryPage'],
  },
  registryRepositories: {
    summary: 'List the repositories of a container registry, page by page',
    app: 'health-worker',
    request: 'ListRegistryRepositoriesRequest',
    replies: ['DiscoveryPage'],
  },
  registryTags: {
    summary: 'List the tags of a repository of a container registry, page by page',
    app: 'health-worker',
    request: 'ListTagsRequest',
    replies: ['TagPage'],
  },
  registryResolve: {
    summary: 'Resolve a tag or a digest of a container registry, optionally for one platform',
    app: 'health-worker',
    request: 'ResolveImageRequest',
    replies: ['ResolvedImage'],
  },
  registryReferrers: {
    summary: 'List what refers to an image, such as signatures and SBOMs, page by page',
    app: 'health-worker',
    request: 'ListReferrersRequest',
    replies: ['ReferrerPage'],
  },
  ciPipelines: {
    summary: 'List the pipelines of a CI system, page by page',
    app: 'health-worker',
    request: 'ListPipelinesRequest',
    replies: ['PipelinePage'],
  },
  ciRuns: {
    summary: 'List the runs of a CI system, newest first, optionally of one pipeline, repository or commit',
    app: 'health-worker',
    request: 'ListRunsRequest',
    replies: ['RunPage'],
  },
  runtimeWorkloads: {
    summary: 'List the workloads of a runtime host, with images and digests, page by page',
    app: 'health-worker',
    request: 'ListWorkloadsRequest',
    replies: ['WorkloadPage'],
  },
  probeDraft: {
    summary: 'Test settings without storing them',
    app: 'health-worker',
    request: 'ProbeDraftRequest',
    replies: ['ProbeVerdict'],
  },
};
