import { DefaultNamingStrategy } from 'typeorm';

/** `createdAt` is the column `created_at`; tables are named where the entities are. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
