import {
  type Workload,
  WORKLOAD_STATES,
  type WorkloadContainer,
  type WorkloadPage,
  type WorkloadState,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

class ContainerResponse implements WorkloadContainer {
  @ApiProperty({ example: 'web' })
  readonly name: string;

  @ApiProperty({
    example: 'registry.example/team/shop:1.4',
  })
  readonly image: string;

  @ApiProperty({ type: String, nullable: true, example: `sha256:${'3f'.repeat(32)}` })
  readonly digest: string | null;
}

type Owner = NonNullable<Workload['owner']>;

class OwnerResponse implements Owner {
  @ApiProperty({ example: 'Deployment' })
  readonly kind: string;

  @ApiProperty({ example: 'shop' })
  readonly name: string;
}

class WorkloadResponse implements Workload {
  @ApiProperty({ example: '6f1c2b1e-9a55-4d0e-9f0c-0f6f3f1d2c11' })
  readonly id: string;

  @ApiProperty({ example: 'pod' })
  readonly kind: string;

  @ApiProperty({ type: String, nullable: true, example: 'production' })
  readonly namespace: string | null;

  @ApiProperty({ example: 'shop-5d9c7b6f4-x2x7k' })
  readonly name: string;

  @ApiProperty({ type: OwnerResponse, nullable: true })
  readonly owner: OwnerResponse | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'node-3',
  })
  readonly node: string | null;

  @ApiProperty({ enum: WORKLOAD_STATES, enumName: 'WorkloadState', example: 'running' })
  readonly state: WorkloadState;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly startedAt: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  readonly labels: Readonly<Record<string, string>>;

  @ApiProperty({ type: [ContainerResponse] })
  readonly containers: readonly ContainerResponse[];
}

export class WorkloadPageResponse implements WorkloadPage {
  @ApiProperty({ type: [WorkloadResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly WorkloadResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
