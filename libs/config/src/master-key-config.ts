import { IsOptional, Matches } from 'class-validator';
import { IsAbsolutePath, IsInsteadOf, IsReadFromFile } from './converters';

/** 32 bytes in base64 (or base64url) or in hexadecimal digits. */
const KEY_PATTERN = /^([0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/;

/** The keys of the `local` store, which is unavailable without a current key. The CLI reads them without other settings. */
export class MasterKeyConfig {
  /** A file that only its owner may read. */
  @IsOptional()
  @IsAbsolutePath()
  @IsInsteadOf('secretsMasterKey', 'SECRETS_MASTER_KEY')
  secretsMasterKeyFile?: string;

  @IsOptional()
  @Matches(KEY_PATTERN, { message: 'must be 32 bytes in base64 or hexadecimal' })
  secretsMasterKey?: string;

  /** The master key before the last rotation. It opens secrets that are not rewrapped yet, and seals nothing. */
  @IsOptional()
  @IsAbsolutePath()
  secretsPreviousMasterKeyFile?: string;

  @IsReadFromFile('SECRETS_PREVIOUS_MASTER_KEY_FILE')
  secretsPreviousMasterKey?: never;
}
