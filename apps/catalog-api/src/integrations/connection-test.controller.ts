import { type ProbeVerdict, RPC } from '@integrations/contracts';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { HealthWorkerClient } from '../health-worker/health-worker-client';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { DescribeTest } from './describe';

/** Tests registered integrations. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class ConnectionTestController {
  constructor(private readonly worker: HealthWorkerClient) {}

  @Post('test')
  @HttpCode(200)
  @DescribeTest()
  @RequireScope('integrations:test')
  test(@RequestCaller() caller: Caller, @UuidParam('id') id: string, @NoBody() _body: unknown): Promise<ProbeVerdict> {
    return this.worker.askAbout(caller, id, RPC.probeTest, {}, 'test the connection');
  }
}
