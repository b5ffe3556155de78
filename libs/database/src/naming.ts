import { DefaultNamingStrategy } from 'typeorm';

/** Maps `createdAt` to the column `created_at`. Each entity names its own table. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
