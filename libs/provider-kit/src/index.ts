export { offAbort, onAbort } from './on-abort';
export {
  type FailureCode,
  hasCode,
  hasStatus,
  nullIf,
  ProviderError,
  type ProviderErrorOptions,
} from './provider-error';
export { type Cloud, CLOUDS, Secret, type SecretPurpose, type SecretRequest, type SecretResolver } from './secret';
export { signedJwt } from './credentials/signed-jwt';
export { bearerAuthorization, bearerHeaders } from './credentials/authorization';
export { type Credential, fingerprintOf, passwordCredential } from './credentials/credential';
export { type Credentials, secretCredentials, withCredential, withSecret } from './credentials/credentials';
export type { ConnectionFacts, Egress, EgressRequest, EgressResponse } from './egress/egress';
export { readClientCertificate } from './egress/client-certificate';
export { type EgressBinding, EgressClient, type EgressClientOptions } from './egress/egress-client';
export { egressOver } from './egress/egress-fetch';
export { refusedRedirect } from './egress/redirects';
export { beginningOf, type RefusalRule, ruleFor } from './egress/refusal-rule';
export { baseUrlOf, socketRefusal } from './egress/unix-sockets';
export { readJson, sendJson } from './egress/json-call';
export {
  type ApiAnswer,
  type ApiCall,
  askApi,
  type JsonApi,
  rateLimitOf,
  refusalOf,
  type Refusing,
  unreadable,
} from './egress/api-call';
export type { ProxyOptions } from './egress/open-tunnel';
export { servedPlaces } from './served-places';
export { createTokenCache, keptFact, type MintedToken, type TokenCache } from './token-cache';
export { backoffMs, outageWaitMs, retryAfterMs } from './retry-after';
export { measure, type TextLimit, truncate, type Truncated, truncateLine } from './text-limits';
export type { AnnotationLimits } from './annotation-limits';
export { neutralise } from './neutralise';
export { markedBody, type MarkedText, markerOf, sameText, shortHash } from './marked-body';
export { type CheckRunState, checkRunState } from './annotating/check-run-state';
export {
  bySeverity,
  checkRunMarker,
  checkRunNote,
  checkRunStatusName,
  type EmulatedCheckRun,
  emulatedCheckRun,
  overallOutcome,
  truncatedOfRun,
} from './annotating/emulated-check-run';
export { parseGitDiff } from './annotating/git-diff';
export { keepCheckRun, type ReportedStatus } from './annotating/keep-check-run';
export { type CommentBoard, commentMarker, keepComment } from './annotating/keep-comment';
export { keepRemarks, type OwnRemark, type RemarkBoard } from './annotating/keep-remarks';
export { placeEach } from './annotating/place-each';
export { plainText, withoutHtml } from './annotating/plain-markdown';
export {
  isSuggestion,
  NOT_SHOWN_WHEN_POSTED,
  placedRemark,
  type Remark,
  type RemarkSet,
  remarkSet,
  remarkText,
  renameSuggestions,
  unplacedRemark,
} from './annotating/remark';
export { isSettledText, settledText } from './annotating/settled-text';
export {
  asTooLarge,
  type DiffFile,
  type DiffLine,
  linesName,
  type LinesSpot,
  type Spot,
  UnifiedDiff,
} from './annotating/unified-diff';
export type { CallBudget, CallGate, CallLimit } from './call-budget';
export type { Clock } from './clock';
export { isObject, type JsonObject, jsonObject } from './json-object';
export { percentDecoded } from './percent-decoded';
export { utcTime } from './utc-time';
export { webUrl } from './web-url';
export { composed, IsBaseUrl, IsCaBundle, IsCanary, IsOrigin, IsUserName } from './config-fields';
export type { Discovery, DiscoveryQuery, PageQuery } from './discovery';
export { foreignCursor, pageOf, type UpstreamPage } from './paging';
export { type OuterPage, pagesOfEach } from './paging-of-each';
export { type Opening, pageOfOpen } from './paging-of-open';
export type { CiConnector, RunsQuery } from './ci/ci-connector';
export { meetsLabels, parseLabels } from './runtime/labels';
export type { LabelRequirement, RuntimeHostConnector, WorkloadsQuery } from './runtime/runtime-host-connector';
export type { Heartbeats, HeartbeatSource, LastBeat } from './heartbeats';
export { ProbeFailure } from './probe/probe-failure';
export { comparePermissions } from './probe/compare-permissions';
export { judgeExpiry, noteExpiry } from './probe/expiry';
export { recognise } from './probe/other-product';
export { rateLimitQuota } from './probe/rate-limit-quota';
export { type Probe, type ProbeFindings, runProbe } from './probe/run-probe';
export {
  type AnnotationContext,
  type CheckRunRef,
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
export { type AuthorizationHeaders, type Authorizer, type Refusal } from './registry/authorizer';
export { BasicAuthorizer } from './registry/basic-authorizer';
export { ChallengeAuthorizer } from './registry/challenge-authorizer';
export { discoveredRepository, visibilityOf } from './registry/discovered-repository';
export { registryError } from './registry/errors';
export { nextQuery } from './registry/next-page';
export { OciRegistry } from './registry/oci-registry';
export { enterRegistry, noteRegistry, noteUnproven, provePull, pullImage, readImage } from './registry/registry-probe';
export { type RegistryConnector } from './registry/registry-connector';
export { actionsIn, grantedBy, repositoryScope } from './registry/scopes';
export { claimsOf, jwtPayload } from './registry/token-claims';
