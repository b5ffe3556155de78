import { Catalog1790000000001 } from './1790000000001-catalog';
import { Ledger1790000000002 } from './1790000000002-ledger';
import { Outbox1790000000003 } from './1790000000003-outbox';
import { Access1790000000004 } from './1790000000004-access';
import { AuditChain1790000000005 } from './1790000000005-audit-chain';
import { AnnotationPath1790000000007 } from './1790000000007-annotation-path';
import { Restore1790000000010 } from './1790000000010-restore';
import { Idempotency1790000000011 } from './1790000000011-idempotency';
import { Dependents1790000000012 } from './1790000000012-dependents';
import { Search1790000000013 } from './1790000000013-search';
import { ProbeTargets1790000000014 } from './1790000000014-probe-targets';
import { SystemEvents1790000000015 } from './1790000000015-system-events';
import { HealthHistory1790000000016 } from './1790000000016-health-history';
import { Maintenance1790000000017 } from './1790000000017-maintenance';
import { CredentialFailures1790000000018 } from './1790000000018-credential-failures';
import { Publish1790000000019 } from './1790000000019-publish';
import { CallBudgets1790000000020 } from './1790000000020-call-budgets';
import { FairLanes1790000000021 } from './1790000000021-fair-lanes';
import { OfflinePosting1790000000022 } from './1790000000022-offline-posting';
import { RowLevelSecurity1790000000030 } from './1790000000030-row-level-security';
import { AuditDigest1790000000031 } from './1790000000031-audit-digest';
import { SearchIndex1790000000032 } from './1790000000032-search-index';
import { SlowTargets1790000000040 } from './1790000000040-slow-targets';
import { QuickSettling1790000000041 } from './1790000000041-quick-settling';
import { HistoryPartitions1790000000050 } from './1790000000050-history-partitions';
import { HalfMade1790000000051 } from './1790000000051-half-made';
import { RevokeTokens1790000000060 } from './1790000000060-revoke-tokens';
import { DueWhenSuperseded1790000000061 } from './1790000000061-due-when-superseded';
import { LedgerRetention1790000000062 } from './1790000000062-ledger-retention';
import { RareRegistrations1790000000063 } from './1790000000063-rare-registrations';
import { LedgerLookups1790000000064 } from './1790000000064-ledger-lookups';
import { LedgerSearch1790000000065 } from './1790000000065-ledger-search';
import { AuditActorAction1790000000066 } from './1790000000066-audit-actor-action';
import { HistoryPruning1790000000067 } from './1790000000067-history-pruning';
import { ToldKeys1790000000068 } from './1790000000068-told-keys';
import { SteadyPlans1790000000070 } from './1790000000070-steady-plans';
import { PromisedTurns1790000000071 } from './1790000000071-promised-turns';
import { ClaimsLookBack1790000000072 } from './1790000000072-claims-look-back';
import { OwnPlans1790000000073 } from './1790000000073-own-plans';
import { LedgerFilters1790000000074 } from './1790000000074-ledger-filters';
import { KnownWhenEntered1790000000075 } from './1790000000075-known-when-entered';
import { CredentialOfOperations1790000000080 } from './1790000000080-credential-of-operations';
import { GentleReturns1790000000081 } from './1790000000081-gentle-returns';
import { ParkedInLane1790000000086 } from './1790000000086-parked-in-lane';
import { PublishedDeletes1790000000089 } from './1790000000089-published-deletes';
import { TraceContext1790000000090 } from './1790000000090-trace-context';

/**
 * Listed, because a bundled app has no files for TypeORM to find by a glob. A released migration never changes; add the
 * next one instead.
 */
export const MIGRATIONS = [
  Catalog1790000000001,
  Ledger1790000000002,
  Outbox1790000000003,
  Access1790000000004,
  AuditChain1790000000005,
  AnnotationPath1790000000007,
  Restore1790000000010,
  Idempotency1790000000011,
  Dependents1790000000012,
  Search1790000000013,
  ProbeTargets1790000000014,
  SystemEvents1790000000015,
  HealthHistory1790000000016,
  Maintenance1790000000017,
  CredentialFailures1790000000018,
  Publish1790000000019,
  CallBudgets1790000000020,
  FairLanes1790000000021,
  OfflinePosting1790000000022,
  RowLevelSecurity1790000000030,
  AuditDigest1790000000031,
  SearchIndex1790000000032,
  SlowTargets1790000000040,
  QuickSettling1790000000041,
  HistoryPartitions1790000000050,
  HalfMade1790000000051,
  RevokeTokens1790000000060,
  DueWhenSuperseded1790000000061,
  LedgerRetention1790000000062,
  RareRegistrations1790000000063,
  LedgerLookups1790000000064,
  LedgerSearch1790000000065,
  AuditActorAction1790000000066,
  HistoryPruning1790000000067,
  ToldKeys1790000000068,
  SteadyPlans1790000000070,
  PromisedTurns1790000000071,
  ClaimsLookBack1790000000072,
  OwnPlans1790000000073,
  LedgerFilters1790000000074,
  KnownWhenEntered1790000000075,
  CredentialOfOperations1790000000080,
  GentleReturns1790000000081,
  ParkedInLane1790000000086,
  PublishedDeletes1790000000089,
  TraceContext1790000000090,
];
