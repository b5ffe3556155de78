export { ProviderError, type ProviderErrorOptions } from './provider-error';
export { Secret, type SecretPurpose, type SecretRequest, type SecretResolver } from './secret';
export type { ConnectionFacts, Egress, EgressRequest, EgressResponse } from './egress/egress';
export { type EgressBinding, EgressClient, type EgressClientOptions } from './egress/egress-client';
export type { ResolvedAddress, Resolver } from './egress/name-resolution';
export type { ProxyOptions } from './egress/open-tunnel';
export { createTokenCache, type MintedToken, type TokenCache } from './token-cache';
export { backoffMs, retryAfterMs } from './retry-after';
export { measure, type TextLimit, truncate, type Truncated, truncateLine } from './text-limits';
export type { AnnotationLimits } from './annotation-limits';
export { neutralise } from './neutralise';
export { markedBody, type MarkerForm, markerOf, sameText, shortHash } from './marked-body';
export type { CallBudget, CallGate, CallLimit } from './call-budget';
export type { Clock } from './clock';
export type { Discovery, DiscoveryQuery } from './discovery';
export { ProbeFailure } from './probe/probe-failure';
export { type Probe, type ProbeFindings, type ProbeOptions, type ProbeStages, runProbe } from './probe/run-probe';
export {
  type AnnotationContext,
  distinctFingerprints,
  type InlineComment,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  type PullRequestFacts,
  type PullRequestRef,
  type ScmAnnotation,
  type ScmAnnotationClient,
  type VendorRequest,
} from './scm-annotation-client';
export { upsertKeyOf } from './upsert-key';
export {
  type Availability,
  type ConnectorPlugin,
  type CredentialSource,
  type IntegrationConfig,
  PLUGIN_CONTRACT_VERSION,
  type ProviderDeps,
  type ProviderSession,
} from './plugin';
