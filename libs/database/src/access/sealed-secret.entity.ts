import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('sealed_secret')
export class SealedSecretEntity {
  @PrimaryColumn({ type: 'text' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  path: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'text' })
  masterKeyId: string;

  @Column({ type: 'text' })
  wrappedKey: string;

  @Column({ type: 'text' })
  ciphertext: string;
}
