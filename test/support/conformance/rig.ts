import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { describeErrors, SCM_OPERATIONS, type ScmOperation, type ScmResponse, validate } from '@integrations/contracts';
import {
  type ConnectorPlugin,
  type Egress,
  EgressClient,
  type IntegrationConfig,
  MemoryTokenCache,
  type ProviderDeps,
  Secret,
} from '@integrations/provider-kit';
import { ConnectionWatch } from './connection-watch';
import type { Fault } from './faults';
import { type Disturbance, FaultyProxy } from './faulty-proxy';
import { everythingOf } from './leaks';
import { OutputCapture } from './output-capture';
import type { ConformanceSubject, FakeVendor, OfflineVendor } from './subject';
