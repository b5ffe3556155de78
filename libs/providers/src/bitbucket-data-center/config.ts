import { IsCaBundle } from '@integrations/provider-kit';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

/** How fast it may be posted, and whom to trust. */
export class BitbucketDataCenterConfig {
  @JSONSchema({
    description:
      "How many requests a second an administrator lets each user make: the refill rate of the instance's rate limiting. Two of five are used to write. Absent: rate limiting is off, as it is at first.",
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  requestsPerSecond?: number;

  @IsCaBundle('the instance')
  caBundle?: string;
}
