import { at, finished, names, nr, steps, v1, v2 } from './client.mjs';

await steps('site', {
  me: async () => (at.me = await v1.users.getCurrentUser()).email,
  'user by id': async () => (await v1.users.getUser({ accountId: at.me.accountId })).displayName,
  'users in bulk': async () => (await v1.users.getBulkUserLookup({ accountId: [at.me.accountId] })).results.length,
  'groups of me': async () => names(await v1.users.getGroupMembershipsForUser({ accountId: at.me.accountId })),
  anonymous: async () => (await v1.users.getAnonymousUser()).type,
  'system info': async () => Boolean((await v1.settings.getSystemInfo()).cloudId),
  'users, v2': async () =>
    (await v2.user.createBulkUserLookup({ body: { accountIds: [at.me.accountId] } })).results.length,
  'find a user': async () => (await v1.search.searchUser({ cql: 'user.fullname ~ "Admin"' })).results.length,
  'user property': async () => {
    const place = { userId: at.me.accountId, key: 'colour' };
    await v1.userProperties.createUserProperty({ ...place, value: { is: 'blue' } });
    await v1.userProperties.updateUserProperty({ ...place, value: { is: 'red' } });
    const { value } = await v1.userProperties.getUserProperty(place);
    const keys = await v1.userProperties.getUserProperties({ userId: at.me.accountId });
    await v1.userProperties.deleteUserProperty(place);
    return { value, keys: keys.results.length };
  },
  groups: async () => {
    const made = await v1.group.createGroup({ name: 'editors' });
    at.group = made;
    await v1.group.addUserToGroupByGroupId({ groupId: made.id, accountId: at.me.accountId });
    const members = await v1.group.getGroupMembersByGroupId({ groupId: made.id });
    await v1.group.getGroupByGroupId({ id: made.id });
    await v1.group.getGroups();
    return [members.results[0].displayName, ...names(await v1.group.searchGroups({ query: 'editor' }))];
  },
});

await steps('spaces', {
  list: async () => {
    const found = await v2.space.getSpaces({ keys: ['DOC'], descriptionFormat: 'plain' });
    at.space = found.results[0];
    return at.space.name;
  },
  read: async () => (await v2.space.getSpaceById({ id: nr(at.space), includeIcon: true })).key,
  create: async () => {
    const description = { plain: { value: 'for a while', representation: 'plain' } };
    const made = await v1.space.createSpace({ key: 'TMP', name: 'Passing', description });
    return [typeof made.id, made.key, made.name];
  },
  'create private': async () => (await v1.space.createPrivateSpace({ key: 'MINE', name: 'Mine' })).key,
  update: async () => (await v1.space.updateSpace({ spaceKey: 'TMP', name: 'Lasting' })).name,
  'read settings': async () => (await v1.spaceSettings.getSpaceSettings({ spaceKey: 'TMP' })).routeOverrideEnabled,
  'change settings': async () =>
    (await v1.spaceSettings.updateSpaceSettings({ spaceKey: 'TMP', routeOverrideEnabled: true })).routeOverrideEnabled,
  permission: async () => {
    const subject = { type: 'group', identifier: at.group.id };
    const may = (key, target) => v1.spacePermissions.addPermissionToSpace({ spaceKey: 'TMP', subject, operation: { key, target } });
    await may('read', 'space');
    const made = await may('create', 'page');
    await v1.spacePermissions.removePermission({ spaceKey: 'TMP', id: made.id });
    return made.operation.key;
  },
  'permissions, v2': async () =>
    (await v2.spacePermissions.getSpacePermissionsAssignments({ id: nr(at.space) })).results.length > 0,
  'operations, v2': async () => (await v2.operation.getSpaceOperations({ id: nr(at.space) })).operations.length > 0,
  label: async () => {
    await v1.experimental.addLabelsToSpace({ spaceKey: 'DOC', body: [{ prefix: 'global', name: 'handbook' }] });
    const found = names(await v1.experimental.getLabelsForSpace({ spaceKey: 'DOC' }));
    const same = names(await v2.label.getSpaceLabels({ id: nr(at.space) }));
    await v1.experimental.deleteLabelFromSpace({ spaceKey: 'DOC', name: 'handbook' });
    return [found, same];
  },
  property: async () => {
    const spaceId = nr(at.space);
    const made = await v2.spaceProperties.createSpaceProperty({ spaceId, key: 'plan', value: { a: 1 } });
    const place = { spaceId, propertyId: nr(made) };
    await v2.spaceProperties.updateSpacePropertyById({ ...place, key: 'plan', value: 2, version: { number: 2 } });
    const { value } = await v2.spaceProperties.getSpacePropertyById(place);
    const all = await v2.spaceProperties.getSpaceProperties({ spaceId });
    await v2.spaceProperties.deleteSpacePropertyById(place);
    return [value, all.results.length];
  },
  themes: async () => {
    await v1.themes.getThemes();
    await v1.settings.getLookAndFeelSettings({ spaceKey: 'DOC' });
  },
  delete: async () => finished(await v1.space.deleteSpace({ spaceKey: 'TMP' })),
});
