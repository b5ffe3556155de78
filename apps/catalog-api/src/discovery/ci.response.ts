import {
  type DiscoveredPipeline,
  type PipelinePage,
  type PipelineRun,
  RUN_CONCLUSIONS,
  RUN_STATUSES,
  type RunConclusion,
  type RunPage,
  type RunStatus,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

class PipelineResponse implements DiscoveredPipeline {
  @ApiProperty({ example: '161335' })
  readonly id: string;

  @ApiProperty({ example: 'platform/shop-build' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true, example: 'https://ci.example/job/platform/job/shop-build/' })
  readonly url: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'acme/shop' })
  readonly repository: string | null;

  @ApiProperty()
  readonly enabled: boolean;
}

export class PipelinePageResponse implements PipelinePage {
  @ApiProperty({ type: [PipelineResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly PipelineResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}

class RunResponse implements PipelineRun {
  @ApiProperty({ example: '30433642' })
  readonly id: string;

  @ApiProperty({ type: String, nullable: true, example: '161335' })
  readonly pipelineId: string | null;

  @ApiProperty({ example: '#42' })
  readonly name: string;

  @ApiProperty({ enum: RUN_STATUSES, enumName: 'RunStatus', example: 'completed' })
  readonly status: RunStatus;

  @ApiProperty({ enum: RUN_CONCLUSIONS, enumName: 'RunConclusion', nullable: true, example: 'success' })
  readonly conclusion: RunConclusion | null;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  readonly branch: string | null;

  @ApiProperty({ type: String, nullable: true, example: '7f3c1e0d9a2b4c5d6e7f8091a2b3c4d5e6f70819' })
  readonly commit: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly createdAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly startedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly finishedAt: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly url: string | null;
}

export class RunPageResponse implements RunPage {
  @ApiProperty({ type: [RunResponse], description: 'Newest first. May be fewer than `limit` although more follow' })
  readonly items: readonly RunResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
