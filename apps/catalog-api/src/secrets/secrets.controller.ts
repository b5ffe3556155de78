import { PutSecretRequest, validate, type WrittenSecret } from '@integrations/contracts';
import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { WrittenSecretResponse } from '../docs/written-secret.response';
import { invalid } from '../refusal';
import { SecretWriter } from './secret-writer';

/** What a reference can name, but for the segments `.` and `..`. */
const PATH = '^[A-Za-z0-9._+=@-]+(/[A-Za-z0-9._+=@-]+)*$';

/** Write-only access to the `local` store. */
@ApiTags('secrets')
@Controller('secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretWriter) {}

  @Put('*')
  @ApiOperation({
    operationId: 'putSecret',
    summary: 'Store a secret in the local store',
    description:
      'Adds a version. Earlier versions are kept, and a reference can name one with `?version=`. No request returns the ' +
      'secret. The response is 404 if the local store has no master key.',
  })
  @ApiParam({
    name: 'path',
    description:
      'Path of the secret in the store, as in `authref://local/<path>`. It may contain slashes, but no segment `.` or `..`.',
    schema: { type: 'string', maxLength: 496, pattern: PATH, example: 'github/app-key' },
  })
  @ApiBody({
    schema: { $ref: '#/components/schemas/PutSecretRequest' },
    examples: { token: { summary: 'A token', value: { value: 'the token' } } },
  })
  @ApiResponse({ status: 200, type: WrittenSecretResponse })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  @RequireScope('secrets:write')
  put(
    @RequestCaller() caller: Caller,
    // With @Param('*'), Swagger would describe a parameter `*`, which the described path does not have.
    @Param() { '*': path }: Record<'*', string>,
    @Body() body: unknown,
  ): Promise<WrittenSecret> {
    const request = validate(PutSecretRequest, body);
    if (!request.ok) throw invalid(request.errors);
    return this.secrets.write(caller, path, request.value.value);
  }
}
