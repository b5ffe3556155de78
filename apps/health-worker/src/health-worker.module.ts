import { ConfigModule, ConnectorModule, PlatformModule } from '@integrations/bootstrap';
import {
  AGENT_METRIC_PROVIDERS,
  CREDENTIAL_METRIC_PROVIDERS,
  SCHEDULING_METRIC_PROVIDERS,
} from '@integrations/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { AgentBeats } from './agents/agent-beats';
import { HeartbeatService } from './agents/heartbeat.service';
import { APP_NAME } from './app-name';
import { AutoDisable } from './auto-disable/auto-disable';
import { AutoDisableService } from './auto-disable/auto-disable.service';
import { RefusedCredentialsService } from './auto-disable/refused-credentials.service';
import { HealthWorkerConfig } from './config';
import { DiscoveryModule } from './discovery/discovery.module';
import { EvidenceService } from './judging/evidence.service';
import { HistoryKeeper } from './history/history-keeper';
import { DraftProbes } from './probing/draft-probes';
import { OnDemandProbes } from './probing/on-demand-probes';
import { ProbeController } from './probing/probe.controller';
import { Prober } from './probing/prober';
import { ProbeTurns } from './probing/probe-turns';
import { ProbeRecorder } from './probing/record';
import { PollingService } from './scheduling/polling.service';
import { VitalsService } from './scheduling/vitals.service';

@Module({})
export class HealthWorkerModule {
  static forRoot(config: HealthWorkerConfig): DynamicModule {
    const heartbeats = new AgentBeats();
    return {
      module: HealthWorkerModule,
      imports: [
        ConfigModule.forRoot(HealthWorkerConfig, config),
        PlatformModule.forRoot({ name: APP_NAME, config }),
        ConnectorModule.forRoot({ name: APP_NAME, config, heartbeats }),
        DiscoveryModule,
      ],
      controllers: [ProbeController],
      providers: [
        // Not in TelemetryModule: an app that never sets them would export 0 for each metric without labels.
        ...SCHEDULING_METRIC_PROVIDERS,
        ...AGENT_METRIC_PROVIDERS,
        ...CREDENTIAL_METRIC_PROVIDERS,
        Prober,
        { provide: AgentBeats, useValue: heartbeats },
        HeartbeatService,
        ProbeTurns,
        OnDemandProbes,
        DraftProbes,
        AutoDisable,
        AutoDisableService,
        RefusedCredentialsService,
        HistoryKeeper,
        ProbeRecorder,
        PollingService,
        VitalsService,
        EvidenceService,
      ],
    };
  }
}
