/** What is said of a subject of request and reply. `request` is a DTO class, `replies` are types, both of the contracts. */
export interface RequestDescription {
  readonly summary: string;
  readonly app: 'catalog-api' | 'health-worker' | 'annotation-dispatcher';
  readonly request: string;
  readonly replies: readonly string[];
}

/** The headers of requests, by their names in HEADERS. */
export const HEADER_TEXTS = {
  tenant:
    'Whose request it is: 1 to 63 lower-case letters, digits, `-` or `_`. The default tenant if absent. The subject says it of what is submitted durably.',
  traceparent: 'W3C trace context.',
  idempotencyKey: 'As the field `idempotencyKey` of SCM requests, which goes before it.',
  deadlineMs:
    'For how many milliseconds, 1 to 86400000, the caller waits for the outcome of an SCM request. Others take no notice of it.',
};

/** Every subject of request and reply, by its name in RPC; documents are not generated while one is not described. */
export const REQUESTS: Readonly<Record<string, RequestDescription>> = {
  scmComment: {
    summary: 'Put a comment on a pull request, or bring ours up to date',
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
    summary: 'Create a check run with inline annotations, or bring ours up to date',
    app: 'annotation-dispatcher',
    request: 'ScmCheckRunRequest',
    replies: ['ScmCheckRunResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmPublish: {
    summary: 'Show what a scanner found, in a comment, check run, status and at the lines of the diff',
    app: 'annotation-dispatcher',
    request: 'ScmPublishRequest',
    replies: ['ScmPublishResponse', 'ScmAccepted', 'ScmDryRun'],
  },
  scmOperation: {
    summary: 'Ask what became of an operation',
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
    summary: 'Test an integration now, deep and stage by stage',
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
    summary: 'List what an integration reaches, repositories for one, page by page',
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
    summary: 'Ask what a tag or a digest of a container registry stands for now, for one platform if need be',
    app: 'health-worker',
    request: 'ResolveImageRequest',
    replies: ['ResolvedImage'],
  },
  registryReferrers: {
    summary: 'List what refers to an image, signatures and SBOMs for one, page by page',
    app: 'health-worker',
    request: 'ListReferrersRequest',
    replies: ['ReferrerPage'],
  },
  ciPipelines: {
    summary: 'List what a CI system can run, page by page',
    app: 'health-worker',
    request: 'ListPipelinesRequest',
    replies: ['PipelinePage'],
  },
  ciRuns: {
    summary: 'List what a CI system has run, newest first, of one pipeline, repository or commit if need be',
    app: 'health-worker',
    request: 'ListRunsRequest',
    replies: ['RunPage'],
  },
  runtimeWorkloads: {
    summary: 'List what a runtime host runs, with images and digests, page by page',
    app: 'health-worker',
    request: 'ListWorkloadsRequest',
    replies: ['WorkloadPage'],
  },
  probeDraft: {
    summary: 'Test settings that are not stored',
    app: 'health-worker',
    request: 'ProbeDraftRequest',
    replies: ['ProbeVerdict'],
  },
};
