// Runs Make's own clients, @makehq/sdk and @makehq/cli, unmodified, against a zone
// that is served over https, and checks what they say against their own types and
// documentation. Every call of theirs that is about organizations, people, roles,
// teams and enums is made.
//
// Environment: ZONE_EU1 and ZONE_US1 (host:port of two zones of one world that was
// made from the starter), ZONE_BUSY (a zone that answers the first call for countries
// with 429), TOKEN (its first user's), NODE_EXTRA_CA_CERTS.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Make, MakeError } from '@makehq/sdk';
import { MakeTools } from '@makehq/sdk/tools';
import { problems } from './types.mjs';

const { ZONE_EU1, ZONE_US1, TOKEN } = process.env;
const make = new Make(TOKEN, ZONE_EU1);
const us1 = new Make(TOKEN, ZONE_US1);

// fits wants a value to be of a type of the package.
function fits(value, type, options) {
  assert.deepEqual(problems(value, type, options), []);
}

// Recorded replies of Make have null in these places, where the types do not.
const recordedNull = ['.externalId: null', '.solutionPartnerLink: null'];
// The mock of the package itself leaves these out after a write.
const notAfterWrites = ['.externalId: missing', '.solutionPartnerLink: missing', '.productName: missing'];

async function refusal(promise) {
  const error = await promise.then(() => assert.fail('it was not refused'), (e) => e);
  assert.ok(error instanceof MakeError, String(error));
  return error;
}

test('types are really checked', () => {
  assert.notDeepEqual(problems({ id: '1', name: 'A' }, 'Region'), []);
  assert.notDeepEqual(problems({ id: 1 }, 'Region'), []);
});

test('users', async () => {
  fits(await make.users.me(), 'User');
  const authorization = await make.users.currentAuthorization();
  assert.equal(authorization.authUsed, 'token');
  assert.ok(authorization.scope.includes('organizations:read'));
});

test('organizations: list', async () => {
  const rows = await make.organizations.list();
  assert.equal(rows.length, 5);
  for (const row of rows) assert.deepEqual(Object.keys(row).sort(), ['id', 'name', 'timezoneId', 'zone']);
  fits(rows, "Pick<Organization, 'id' | 'name' | 'zone' | 'timezoneId'>[]");
  const some = await make.organizations.list({ cols: ['id', 'license', 'teams'], pg: { limit: 2, offset: 1, sortBy: 'name', sortDir: 'desc' } });
  assert.equal(some.length, 2);
  fits(some, "Pick<Organization, 'id' | 'license' | 'teams'>[]");
  const all = await make.organizations.list({ cols: ['*'], pg: { limit: 10000 } });
  assert.deepEqual(all.filter((o) => !o.license).map((o) => o.zone), ['us1.make.com'], 'licences come for the zone called');
  assert.deepEqual((await us1.organizations.list()).map((o) => o.id), rows.map((o) => o.id), 'the list spans zones');
});

test('organizations: get, create, update, delete', async () => {
  fits(await make.organizations.get(11), 'Organization', { allowed: recordedNull });
  const [region] = await make.enums.regions();
  const body = { name: 'Made by the SDK', regionId: region.id, timezoneId: 113, countryId: 4 };
  const made = await make.organizations.create(body);
  fits(made, 'PartialOrganization', { allowed: notAfterWrites });
  assert.equal(made.name, body.name);
  assert.equal(made.teams[0].name, 'My Team');
  fits(await make.organizations.get(made.id, { wait: true }), 'Organization', { allowed: recordedNull });
  const changed = await make.organizations.update(12, { name: 'Beta Works' });
  fits(changed, 'PartialOrganization', { allowed: notAfterWrites });
  assert.equal((await make.organizations.get(12)).name, 'Beta Works');
  assert.equal(await make.organizations.delete(13), undefined);
  assert.equal((await refusal(make.organizations.get(13))).statusCode, 403);
});

test('organizations: refusals', async () => {
  const invalid = await refusal(make.organizations.create({ name: 'Incomplete' }));
  assert.equal(invalid.statusCode, 400);
  assert.match(invalid.message, /Bad Request[\s\S]*regionId/, 'detail or message, then each suberror');
  const elsewhere = await refusal(make.organizations.get(21));
  assert.equal(elsewhere.statusCode, 403);
  assert.match(elsewhere.message, /Access denied\./);
  const unknown = await refusal(new Make('00000000-0000-4000-8000-0000000000ff', ZONE_EU1).users.me());
  assert.equal(unknown.statusCode, 401);
  const free = await refusal(make.fetch('/organizations/14/variables'));
  assert.match(free.message, /Forbidden to use token authorization for this organization\./);
});

test('teams', async () => {
  const list = await make.teams.list(11, { cols: ['*'], includePrivateSpaces: true });
  assert.deepEqual(list.map((t) => t.name), ['My Team', 'Ops', 'Sales']);
  const nulls = ['.operationsLimit: null', '.transferLimit: null', '.consumedTransfer: "0"'];
  const made = await make.teams.create({ name: 'SDK team', organizationId: 11 });
  fits(made, 'Team', { allowed: nulls });
  const cols = await make.teams.get(made.id, { cols: ['id', 'name', 'organizationId'] });
  assert.deepEqual(cols, { id: made.id, name: 'SDK team', organizationId: 11 });
  await make.teams.delete(made.id);
  assert.equal((await refusal(make.teams.get(made.id))).statusCode, 403);
});

test('enums', async () => {
  // The published page has code1 where the client's type has code.
  const countries = await make.enums.countries();
  fits(countries, 'Country[]', { allowed: countries.map((_, i) => `[${i}].code: missing`) });
  fits(await make.enums.timezones(), 'Timezone[]');
  assert.deepEqual(await make.enums.regions(), [{ id: 1, name: 'EU' }, { id: 2, name: 'US' }]);
});

test('roles and custom roles', async () => {
  fits(await make.roles.list(), "Pick<Role, 'id' | 'name'>[]");
  fits(await make.roles.list({ cols: ['*'], category: 'organization', organizationId: 11, excludeRole: [11, 12] }), 'Role[]', { allowed: ['.identifier: null'] });
  fits(await make.roles.get(13), 'Role');
  fits(await make.roles.permissions({ roleCategory: 'organization' }), 'RolePermission[]');
  const role = await make.customRoles.create({ name: 'Viewer', category: 'organization', organizationId: 11, permissions: [101] });
  fits(role, 'CustomRole');
  fits(await make.customRoles.update(role.id, { organizationId: 11, description: 'Sees' }), 'CustomRole');
  const seen = await make.roles.list({ roleId: role.id, organizationId: 11 });
  assert.deepEqual(seen, [{ id: role.id, name: 'Viewer' }]);
  assert.equal(await make.customRoles.delete(role.id, { organizationId: 11 }), role.id);
});

test('fetch reaches the operations that the SDK has no method for', async () => {
  const created = await make.fetch('/organizations/11/variables', { method: 'POST', body: { name: '$SDK', typeId: 1, value: 5 } });
  assert.deepEqual(created.organizationVariable, { typeId: 1, name: '$SDK', value: 5, isSystem: false });
  assert.equal((await refusal(make.fetch('/organizations/11/variables/%24SDK', { method: 'DELETE' }))).statusCode, 406);
  const gone = await make.fetch('/organizations/11/variables/%24SDK', { method: 'DELETE', query: { confirmed: true } });
  assert.deepEqual(gone, { ok: 1 });
  const controls = await make.fetch('/organizations/11/feature-controls');
  assert.ok(controls.featureControls.length > 0);
  for (const query of [{ cols: ['userId'] }, undefined]) {
    const { userOrganizationRoles } = await make.fetch('/organizations/11/user-organization-roles', { query });
    assert.equal(userOrganizationRoles.length, 6);
  }
});

test('a 429 is repeated after Retry-After', async () => {
  const patient = new Make(TOKEN, process.env.ZONE_BUSY, { retry: { onRateLimit: true, baseDelay: 10_000 } });
  const began = Date.now();
  await patient.enums.countries();
  const took = Date.now() - began;
  assert.ok(took >= 900 && took < 5000, `it took ${took} ms; Retry-After said 1 s`);
});

// The command line client, as a process of its own.

const home = mkdtempSync(join(tmpdir(), 'make-cli-'));
const program = new URL('./node_modules/@makehq/cli/dist/index.js', import.meta.url).pathname;

async function cli(...args) {
  const env = { ...process.env, MAKE_API_KEY: TOKEN, MAKE_ZONE: ZONE_EU1, XDG_CONFIG_HOME: home };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    return { code: 0, out: stdout, json: parse(stdout) };
  } catch (e) {
    return { code: e.code, out: e.stdout, err: e.stderr };
  }
}

const parse = (text) => { try { return JSON.parse(text); } catch { return undefined; } };

async function ran(...args) {
  const r = await cli(...args);
  assert.equal(r.code, 0, `${args.join(' ')}: ${r.err}`);
  return r.json;
}

test('command line client', async (t) => {
  t.after(() => rmSync(home, { recursive: true }));
  assert.equal((await ran('whoami')).email, 'ops@acme.example');
  fits(await ran('users', 'me'), 'User');
  const list = await ran('organizations', 'list');
  assert.ok(list.length >= 4 && list.every((o) => o.id && o.zone && 'teams' in o), 'it asks for all columns');
  fits(await ran('organizations', 'get', '11'), 'Organization', { allowed: recordedNull });
  const made = await ran('organizations', 'create', '--name=Made by the CLI', '--region-id=2', '--timezone-id=113', '--country-id=4');
  assert.equal(made.zone, 'us1.make.com');
  assert.equal((await ran('organizations', 'update', '11', '--name=Acme by CLI')).name, 'Acme by CLI');
  const teams = await ran('teams', 'list', '--organization-id=11');
  assert.ok(teams.length >= 3);
  const team = await ran('teams', 'create', '--name=CLI team', '--organization-id=11');
  assert.equal((await ran('teams', 'get', String(team.id))).name, 'CLI team');
  assert.equal((await cli('teams', 'delete', String(team.id))).code, 0);
  assert.ok((await ran('enums', 'countries')).length > 50);
  assert.ok((await ran('enums', 'timezones')).some((z) => z.id === 113 && z.code === 'Europe/Prague'));
  assert.deepEqual(await ran('enums', 'regions'), [{ id: 1, name: 'EU' }, { id: 2, name: 'US' }]);
  assert.ok((await ran('roles', 'list', '--category=organization')).some((r) => r.id === 11 && r.name === 'Owner'));
  assert.equal((await ran('roles', 'get', '12')).name, 'Admin');
  assert.ok((await ran('roles', 'permissions')).length > 0);
  const role = await ran('custom-roles', 'create', '--name=CLI role', '--category=team', '--organization-id=11', '--permissions=[201]');
  assert.equal((await ran('custom-roles', 'update', String(role.id), '--organization-id=11', '--name=CLI role 2')).name, 'CLI role 2');
  assert.equal((await cli('custom-roles', 'delete', String(role.id), '--organization-id=11')).code, 0);
  assert.equal((await cli('organizations', 'delete', '11')).code, 0);
  const refused = await cli('organizations', 'get', '21');
  assert.equal(refused.code, 2);
  assert.match(refused.err, /^Error \[403\]: Access denied\./);
});

test('no tool of the package about these things is left out', () => {
  const tried = ['organizations', 'users', 'teams', 'enums', 'roles', 'custom-roles'];
  const names = MakeTools.filter((tool) => tried.includes(tool.category)).map((tool) => tool.name).sort();
  assert.deepEqual(names, [
    'custom-roles_create', 'custom-roles_delete', 'custom-roles_update', 'enums_countries', 'enums_regions', 'enums_timezones',
    'organizations_create', 'organizations_delete', 'organizations_get', 'organizations_list', 'organizations_update',
    'roles_get', 'roles_list', 'roles_permissions', 'teams_create', 'teams_delete', 'teams_get', 'teams_list', 'users_me',
  ]);
});
