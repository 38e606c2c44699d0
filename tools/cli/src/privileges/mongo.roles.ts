import { actionsOf, type Privileges } from '@perennial/service';
import { userOf } from './platform.privileges';

export interface MongoRole {
  readonly role: string;
  readonly privileges: readonly {
    readonly resource: { readonly db: string; readonly collection: string };
    readonly actions: readonly string[];
  }[];
  readonly roles: readonly [];
}

/** Roles as MongoDB's createRole takes them, one for each user that uses the database. */
export const mongoRoles = (privileges: readonly Privileges[], database: string): MongoRole[] =>
  privileges
    .filter(({ collections }) => collections.length > 0)
    .map((each) => ({
      role: userOf(each),
      privileges: each.collections.map((grant) => ({
        resource: { db: database, collection: grant.collection },
        actions: actionsOf(grant),
      })),
      roles: [],
    }));

/** A script for mongosh that makes the roles and a user of each name, asking for the passwords. */
export function mongoScript(privileges: readonly Privileges[], database: string): string {
  const made = mongoRoles(privileges, database).flatMap((role) => [
    `admin.createRole(${JSON.stringify(role, null, 2)});`,
    `admin.createUser({ user: '${role.role}', pwd: passwordPrompt(), roles: ['${role.role}'] });`,
  ]);
  return ["const admin = db.getSiblingDB('admin');", ...made].join('\n');
}
