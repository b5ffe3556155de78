import { CONSUMER_PATTERN, type DependentView, PutDependentRequest, validate } from '@integrations/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, type PipeTransform, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { invalid } from '../refusal';
import { DescribeDependents, DescribePutDependent, DescribeRemoveDependent } from './describe-dependents';
import { Dependents } from './dependents';
import { findSecrets } from './secret-scan';

class ConsumerPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (CONSUMER_PATTERN.test(value)) return value;
    const message = 'must be 1 to 63 lower-case letters, digits or ._- and begin with a letter or digit';
    throw invalid([{ field: 'consumer', message }]);
  }
}

const ConsumerParam = () => Param('consumer', new ConsumerPipe());

/** The consumers that depend on an integration. While there are any, deleting it needs `force`. */
@ApiTags('integrations')
@Controller('integrations/:id/dependents')
export class DependentsController {
  constructor(private readonly dependents: Dependents) {}

  @Get()
  @DescribeDependents()
  @RequireScope('integrations:read')
  async list(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
  ): Promise<{ readonly items: readonly DependentView[] }> {
    return { items: await this.dependents.list(caller, id) };
  }

  @Put(':consumer')
  @DescribePutDependent()
  @RequireScope('integrations:write')
  async put(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ConsumerParam() consumer: string,
    @Body() body: unknown,
  ): Promise<DependentView> {
    const secrets = findSecrets(body);
    if (secrets.length > 0) throw invalid(secrets);
    const request = validate(PutDependentRequest, body ?? {});
    if (!request.ok) throw invalid(request.errors);
    return this.dependents.put(caller, id, consumer, request.value.note ?? null);
  }

  @Delete(':consumer')
  @HttpCode(204)
  @DescribeRemoveDependent()
  @RequireScope('integrations:write')
  async remove(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ConsumerParam() consumer: string,
    @NoBody() _body: unknown,
  ): Promise<void> {
    await this.dependents.remove(caller, id, consumer);
  }
}
