import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { kafkaAcls, kafkaTopics } from './kafka.commands';
import { mongoRoles, mongoScript } from './mongo.roles';
import { platformPrivileges, userOf } from './platform.privileges';
import { privilegeMarkdown, privilegeText } from './privilege.table';

const page = readFileSync(resolve(__dirname, '../../../../docs/security.md'), 'utf8');

/** Tables are padded on the page. */
const bare = (table: string) =>
  table
    .replace(/-+/g, '-')
    .replace(/[ \t]+/g, ' ')
    .trim();

describe('the printed rights', () => {
  it('are those on the page (perennial privileges --format markdown)', async () => {
    const [, shown = ''] = page.split(/<!-- \/?privileges -->/);
    expect(bare(shown)).toBe(bare(privilegeMarkdown(await platformPrivileges())));
  });

  it('name every user, in every format', async () => {
    const all = await platformPrivileges({ suffix: '-b' });
    const scripts = [privilegeText(all), kafkaAcls(all)];
    for (const each of all) for (const script of scripts) expect(script).toContain(userOf(each));
    expect(kafkaAcls(all)).toContain('--group registry-b --');
    expect(kafkaTopics(3).match(/--create /g)).toHaveLength(42);
  });

  it('give roles to the nine services, each on collections of one database', async () => {
    const all = await platformPrivileges();
    const roles = mongoRoles(all, 'mine');
    expect(roles).toHaveLength(9);
    expect(new Set(roles.flatMap(({ privileges }) => privileges.map(({ resource }) => resource.db)))).toEqual(
      new Set(['mine']),
    );
    expect(mongoScript(all, 'mine').match(/createUser/g)).toHaveLength(9);
  });

  it('let no two services write to the same collection, save the artifacts', async () => {
    const owners = new Map<string, string[]>();
    for (const { name, collections } of await platformPrivileges())
      for (const { collection, access } of collections)
        if (access === 'own') owners.set(collection, [...(owners.get(collection) ?? []), name]);
    const shared = [...owners].filter(([, names]) => names.length > 1).map(([collection]) => collection);
    expect(shared).toEqual(['artifacts.files', 'artifacts.chunks']);
  });
});
