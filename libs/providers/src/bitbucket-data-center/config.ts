import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** How fast to call, and which authority to trust. */
export class BitbucketDataCenterConfig {
  @JSONSchema({
    description:
      "How many requests a second each user may make: the refill rate of the instance's rate limiting. Two fifths are used for writes. Absent: rate limiting is off, which is the default.",
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  requestsPerSecond?: number;

  @IsCaBundle('the instance')
  caBundle?: string;
}
