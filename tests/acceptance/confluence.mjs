// Drives a site through confluence.js, which validates every answer, and prints one JSON line a step:
// {step, ok, error, seen}. Arguments: the folder of node_modules, the origin of the site.
import { pathToFileURL } from 'node:url';

const [modules, host] = process.argv.slice(2);
const part = name => import(pathToFileURL(`${modules}/confluence.js/dist/${name}index.js`));
const { createV1Client, createV2Client } = await part('');
const { createClient } = await part('core/');
const models = await part('v1/');
const auth = { type: 'basic', email: 'admin@example.com', apiToken: 'admin' };
const v1 = createV1Client({ host, auth });
const v2 = createV2Client({ host, auth });

// What the client has no method for in version 1 any more is asked by hand and validated by the models it still has.
const bare = createClient({ host, auth });
const ask = (method, path, model, { body, ...searchParams } = {}) =>
  bare.sendRequest({ method, url: `/wiki/rest/api${path}`, searchParams, body, schema: models[`${model}Schema`] });

const at = {}; // what later steps need of earlier ones

const step = async (name, work) => {
  try {
    console.log(JSON.stringify({ step: name, ok: true, seen: (await work()) ?? null }));
  } catch (error) {
    const issues = error.cause?.issues?.map(one => `${one.path.join('.')}: ${one.message}`);
    const text = issues ? `${error.message}; ${JSON.stringify(error.cause.issues)}` : String(error.stack ?? error);
    console.log(JSON.stringify({ step: name, ok: false, error: text }));
  }
};

const refused = async (name, work) =>
  step(name, async () => {
    try {
      await work();
    } catch (error) {
      if (error.status) return error.status;
      throw error;
    }
    throw new Error('was not refused');
  });

const steps = async (group, table) => {
  for (const [name, work] of Object.entries(table)) await step(`${group}: ${name}`, work);
};

const storage = value => ({ representation: 'storage', value });
const titles = found => found.results.map(one => one.title);
const names = found => found.results.map(one => one.name);
const nr = one => Number(one.id);
const page = (title, value, more = {}) =>
  v2.page.createPage({ body: { spaceId: at.space.id, status: 'current', title, body: storage(value), ...more } });
const read = id => v2.page.getPageById({ id: Number(id), bodyFormat: 'storage' });
const finished = async task => {
  for (let look = 0; look < 50; look += 1) {
    const found = await v1.longRunningTask.getTask({ id: task.id });
    if (found.finished) return found.successful;
    await new Promise(go => setTimeout(go, 100));
  }
  return false;
};
const TASK =
  '<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>' +
  '<ac:task-body>water the plants</ac:task-body></ac:task></ac:task-list>';
const NOTE =
  '<p>see</p><ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="0b1c2d3e-0000-4000-8000-000000000001">' +
  '<ac:rich-text-body><p>mind the gap</p></ac:rich-text-body></ac:structured-macro>';

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

await steps('pages', {
  create: async () => {
    at.top = await page('Top', '<p>one</p>');
    at.first = await page('First', NOTE, { parentId: at.top.id });
    at.second = await page('Second', TASK, { parentId: at.top.id });
    return [at.top.title, at.first.parentId === at.top.id, at.top.version.number];
  },
  read: async () => (await read(at.top.id)).body.storage.value,
  'read all of it': async () => {
    const wanted = 'Labels Properties Operations Likes Versions Version Collaborators DirectChildren';
    const more = Object.fromEntries(wanted.split(' ').map(one => [`include${one}`, true]));
    const flags = { includeFavoritedByCurrentUserStatus: true, includeWebresources: true };
    return (await v2.page.getPageById({ id: nr(at.top), bodyFormat: 'view', ...more, ...flags })).body.view.value;
  },
  update: async () => {
    const version = { number: 2, message: 'second' };
    const body = { id: at.top.id, status: 'current', title: 'Top', body: storage('<p>tea</p>'), version };
    await v2.page.updatePage({ id: nr(at.top), body });
    const { version: saved, body: kept } = await read(at.top.id);
    return [saved.number, saved.message, kept.storage.value];
  },
  rename: async () =>
    (await v2.page.updatePageTitle({ id: nr(at.second), body: { status: 'current', title: 'Chores' } })).title,
  list: async () => titles(await v2.page.getPages({ spaceId: [nr(at.space)], title: 'First', bodyFormat: 'storage' })),
  'list in space': async () => titles(await v2.page.getPagesInSpace({ id: nr(at.space), sort: 'title' })).length,
  children: async () => titles(await v2.children.getChildPages({ id: nr(at.top) })),
  'direct children': async () => titles(await v2.children.getPageDirectChildren({ id: nr(at.top) })),
  ancestors: async () => (await v2.ancestors.getPageAncestors({ id: nr(at.first) })).results.at(-1).id === at.top.id,
  descendants: async () => titles(await v2.descendants.getPageDescendants({ id: nr(at.top) })),
  'descendants, v1': async () => {
    const all = await v1.contentChildrenAndDescendants.getContentDescendants({
      id: at.top.id,
      expand: ['page', 'attachment', 'comment'],
    });
    const expand = ['body.storage', 'version', 'space', 'ancestors', 'history.lastUpdated', 'metadata.labels'];
    const rows = await v1.contentChildrenAndDescendants.getDescendantsOfType({ id: at.top.id, type: 'page', expand });
    return [titles(all.page), titles(rows)];
  },
  operations: async () => (await v2.operation.getPageOperations({ id: nr(at.top) })).operations.length > 0,
  likes: async () => {
    await v2.like.getPageLikeUsers({ id: nr(at.top) });
    return (await v2.like.getPageLikeCount({ id: nr(at.top) })).count;
  },
  types: async () =>
    (await v2.content.convertContentIdsToContentTypes({ body: { contentIds: [at.top.id] } })).results[at.top.id],
  move: async () => {
    await v1.contentChildrenAndDescendants.movePage({ pageId: at.second.id, position: 'before', targetId: at.first.id });
    return titles(await v2.children.getChildPages({ id: nr(at.top) }));
  },
  macro: async () =>
    (await v1.contentMacroBody.getMacroBodyByMacroId({
      id: at.first.id,
      version: 1,
      macroId: '0b1c2d3e-0000-4000-8000-000000000001',
    })).body,
  convert: async () => {
    const sent = { to: 'export_view', value: '<p>plain</p>', representation: 'storage' };
    const { asyncId } = await v1.contentBody.asyncConvertContentBodyRequest(sent);
    return (await v1.contentBody.asyncConvertContentBodyResponse({ id: asyncId })).value;
  },
  'blog post': async () => {
    const body = { spaceId: at.space.id, status: 'current', title: 'News', body: storage('<p>new</p>') };
    const made = await v2.blogPost.createBlogPost({ body });
    const found = await v2.blogPost.getBlogPostById({ id: nr(made), bodyFormat: 'storage' });
    const rows = await v2.blogPost.getBlogPostsInSpace({ id: nr(at.space) });
    await v2.blogPost.deleteBlogPost({ id: nr(made) });
    return [found.body.storage.value, titles(rows)];
  },
});

await refused('refused: a stale version', () =>
  v2.page.updatePage({
    id: nr(at.top),
    body: { id: at.top.id, status: 'current', title: 'Top', body: storage(''), version: { number: 2 } },
  }),
);
await refused('refused: a title twice', () => page('Top', ''));
await refused('refused: a page that is not there', () => read(999999999));
await refused('refused: a wrong token', () =>
  createV1Client({ host, auth: { ...auth, apiToken: 'wrong' } }).users.getCurrentUser(),
);

await steps('search', {
  content: async () => {
    const expand = ['body.storage', 'body.view', 'version', 'space', 'ancestors', 'history', 'metadata.labels', 'childTypes.all'];
    return titles(await v1.content.searchContentByCQL({ cql: 'space = DOC and text ~ "tea"', expand }));
  },
  all: async () => {
    const found = await v1.search.searchByCQL({ cql: 'space = DOC and type = page order by title', limit: 2 });
    return [found.results.map(one => one.content.title), found.totalSize];
  },
});

await steps('labels', {
  add: async () =>
    names(await v1.contentLabels.addLabelsToContent({ id: at.top.id, body: [{ prefix: 'global', name: 'blue' }, { prefix: 'global', name: 'red' }] })),
  read: async () => names(await v2.label.getPageLabels({ id: nr(at.top) })),
  all: async () => {
    at.label = (await v2.label.getLabels()).results.find(one => one.name === 'blue');
    return titles(await v2.page.getLabelPages({ id: nr(at.label) }));
  },
  info: async () => {
    const found = await v1.labelInfo.getAllLabelContent({ name: 'blue' });
    return found.associatedContents.results.map(one => one.title);
  },
  'in space': async () => names(await v2.label.getSpaceContentLabels({ id: nr(at.space) })),
  remove: async () => {
    await v1.contentLabels.removeLabelFromContent({ id: at.top.id, label: 'red' });
    return names(await v2.label.getPageLabels({ id: nr(at.top) }));
  },
  'remove by query': async () => {
    await v1.contentLabels.removeLabelFromContentUsingQueryParameter({ id: at.top.id, name: 'blue' });
    return names(await v2.label.getPageLabels({ id: nr(at.top) }));
  },
});

await steps('properties', {
  page: async () => {
    const pageId = nr(at.top);
    const made = await v2.contentProperties.createPageProperty({ pageId, key: 'state', value: { a: 1 } });
    const place = { pageId, propertyId: nr(made) };
    await v2.contentProperties.updatePagePropertyById({ ...place, key: 'state', value: [1, 2], version: { number: 2 } });
    const { value, version } = await v2.contentProperties.getPageContentPropertiesById(place);
    const all = await v2.contentProperties.getPageContentProperties({ pageId, key: 'state' });
    await v2.contentProperties.deletePagePropertyById(place);
    const left = await v2.contentProperties.getPageContentProperties({ pageId, key: 'state' });
    return [value, version.number, all.results.length, left.results.length];
  },
});

const text = bytes => new TextDecoder().decode(bytes);
const file = (content, filename = 'notes.txt') => ({ filename, content });

await steps('attachments', {
  create: async () => {
    const made = await v1.contentAttachments.createAttachment({ id: at.top.id, attachments: [file('one'), file('x', 'other.txt')] });
    [at.file, at.other] = made.results;
    return titles(made);
  },
  'create or update': async () =>
    (await v1.contentAttachments.createOrUpdateAttachments({ id: at.top.id, attachments: file('two') })).results[0].version.number,
  'new bytes': async () => {
    const place = { id: at.top.id, attachmentId: at.file.id };
    return (await v1.contentAttachments.updateAttachmentData({ ...place, attachment: file('three') })).version.number;
  },
  rename: async () => {
    const body = { id: at.other.id, type: 'attachment', title: 'renamed.txt', version: { number: 2 } };
    return (await v1.contentAttachments.updateAttachmentProperties({ id: at.top.id, attachmentId: at.other.id, body })).title;
  },
  download: async () => {
    const place = { id: at.top.id, attachmentId: at.file.id };
    const now = await v1.contentAttachments.downloadAttatchment(place);
    const old = await v1.contentAttachments.downloadAttatchment({ ...place, version: 1 });
    return [text(now), text(old)];
  },
  list: async () => titles(await v2.attachment.getPageAttachments({ id: nr(at.top) })).sort(),
  'list all': async () => (await v2.attachment.getAttachments({ limit: 1 })).results.length,
  read: async () => (await v2.attachment.getAttachmentById({ id: at.file.id })).fileSize,
  versions: async () => {
    const found = await v2.version.getAttachmentVersions({ id: at.file.id });
    const one = await v2.version.getAttachmentVersionDetails({ attachmentId: at.file.id, versionNumber: 1 });
    return [found.results.map(version => version.number), one.number];
  },
  comment: async () => (await v2.comment.createFooterComment({ attachmentId: at.file.id, body: storage('<p>good</p>') })).id !== '',
  comments: async () => (await v2.comment.getAttachmentComments({ id: at.file.id, bodyFormat: 'storage' })).results.length,
  delete: async () => {
    await v2.attachment.deleteAttachment({ id: nr({ id: at.other.id.replace('att', '') }) });
    return titles(await v2.attachment.getPageAttachments({ id: nr(at.top) }));
  },
});

await steps('comments', {
  footer: async () => {
    at.note = await v2.comment.createFooterComment({ pageId: at.top.id, body: storage('<p>why?</p>') });
    at.reply = await v2.comment.createFooterComment({ parentCommentId: at.note.id, body: storage('<p>so</p>') });
    const found = await v2.comment.getPageFooterComments({ id: nr(at.top), bodyFormat: 'storage' });
    const below = await v2.comment.getFooterCommentChildren({ id: nr(at.note), bodyFormat: 'storage' });
    return [...found.results, ...below.results].map(one => one.body.storage.value);
  },
  'update footer': async () => {
    const body = { version: { number: 2 }, body: storage('<p>why not?</p>') };
    await v2.comment.updateFooterComment({ commentId: nr(at.note), body });
    const found = await v2.comment.getFooterCommentById({ commentId: nr(at.note), bodyFormat: 'storage' });
    const versions = await v2.version.getFooterCommentVersions({ id: nr(at.note) });
    return [found.body.storage.value, versions.results.length];
  },
  'all footer': async () => (await v2.comment.getFooterComments({ bodyFormat: 'storage' })).results.length > 0,
  inline: async () => {
    const inlineCommentProperties = { textSelection: 'tea', textSelectionMatchCount: 1, textSelectionMatchIndex: 0 };
    at.mark = await v2.comment.createInlineComment({ pageId: at.top.id, body: storage('<p>green?</p>'), inlineCommentProperties });
    await v2.comment.createInlineComment({ parentCommentId: at.mark.id, body: storage('<p>black</p>') });
    const found = await v2.comment.getPageInlineComments({ id: nr(at.top), bodyFormat: 'storage' });
    const below = await v2.comment.getInlineCommentChildren({ id: nr(at.mark), bodyFormat: 'storage' });
    return [found.results[0].properties.inlineOriginalSelection, below.results.length];
  },
  resolve: async () => {
    const more = { version: { number: 2 }, body: storage('<p>green.</p>'), resolved: true };
    await v2.comment.updateInlineComment({ commentId: nr(at.mark), ...more });
    return (await v2.comment.getInlineCommentById({ commentId: nr(at.mark), bodyFormat: 'storage' })).resolutionStatus;
  },
  'all inline': async () => (await v2.comment.getInlineComments({ bodyFormat: 'storage' })).results.length > 0,
  'of type, v1': async () => {
    const expand = ['extensions.inlineProperties', 'extensions.resolution', 'body.storage', 'version', 'container'];
    const found = await v1.contentChildrenAndDescendants.getDescendantsOfType({ id: at.top.id, type: 'comment', expand });
    return found.results.length;
  },
  delete: async () => {
    await v2.comment.deleteInlineComment({ commentId: nr(at.mark) });
    await v2.comment.deleteFooterComment({ commentId: nr(at.note) });
    return (await v2.comment.getPageFooterComments({ id: nr(at.top) })).results.length;
  },
});

await steps('versions', {
  list: async () => {
    const found = await v2.version.getPageVersions({ id: nr(at.top), bodyFormat: 'storage' });
    return found.results.map(one => one.number);
  },
  read: async () => (await v2.version.getPageVersionDetails({ pageId: nr(at.top), versionNumber: 2 })).prevVersion,
  restore: async () => {
    const params = { versionNumber: 1, message: 'as it was' };
    const sent = { id: at.top.id, operationKey: 'restore', params, expand: ['content'] };
    const { message } = await v1.contentVersions.restoreContentVersion(sent);
    return [message, (await read(at.top.id)).body.storage.value];
  },
  delete: async () => {
    const before = (await read(at.top.id)).version.number;
    await v1.contentVersions.deleteContentVersion({ id: at.top.id, versionNumber: 1 });
    return before - (await read(at.top.id)).version.number;
  },
});

await steps('restrictions', {
  add: async () => {
    const restrictions = { user: [{ type: 'known', accountId: at.me.accountId }], group: [{ type: 'group', id: at.group.id }] };
    const expand = ['restrictions.user', 'restrictions.group'];
    const found = await v1.contentRestrictions.addRestrictions({ id: at.first.id, expand, body: [{ operation: 'update', restrictions }] });
    return found.results.map(one => one.operation);
  },
  read: async () => {
    const expand = ['restrictions.user', 'restrictions.group', 'content'];
    await v1.contentRestrictions.getRestrictions({ id: at.first.id, expand });
    await v1.contentRestrictions.getRestrictionsByOperation({ id: at.first.id, expand: ['update.restrictions.user'] });
    const found = await v1.contentRestrictions.getRestrictionsForOperation({ id: at.first.id, operationKey: 'update', expand });
    return [found.restrictions.user.results[0].displayName, found.restrictions.group.results[0].name];
  },
  user: async () => {
    const place = { id: at.first.id, operationKey: 'read', accountId: at.me.accountId };
    await v1.contentRestrictions.addUserToContentRestriction(place);
    await v1.contentRestrictions.getContentRestrictionStatusForUser(place);
    await v1.contentRestrictions.removeUserFromContentRestriction(place);
  },
  group: async () => {
    const place = { id: at.first.id, operationKey: 'read', groupId: at.group.id };
    await v1.contentRestrictions.addGroupToContentRestrictionByGroupId(place);
    await v1.contentRestrictions.getIndividualGroupRestrictionStatusByGroupId(place);
    await v1.contentRestrictions.removeGroupFromContentRestriction(place);
  },
  update: async () => {
    const restrictions = { user: [{ type: 'known', accountId: at.me.accountId }], group: [] };
    await v1.contentRestrictions.updateRestrictions({ id: at.first.id, body: [{ operation: 'update', restrictions }] });
  },
  check: async () => {
    const subject = { type: 'user', identifier: at.me.accountId };
    return (await v1.contentPermissions.checkContentPermission({ id: at.first.id, subject, operation: 'update' })).hasPermission;
  },
  delete: async () => {
    await v1.contentRestrictions.deleteRestrictions({ id: at.first.id });
    const found = await v1.contentRestrictions.getRestrictionsForOperation({ id: at.first.id, operationKey: 'update', expand: ['restrictions.user'] });
    return found.restrictions.user.results.length;
  },
});

await steps('watches', {
  page: async () => {
    await v1.contentWatches.addContentWatcher({ contentId: at.first.id });
    const found = await v1.contentWatches.getWatchesForPage({ id: at.first.id });
    const { watching } = await v1.contentWatches.getContentWatchStatus({ contentId: at.first.id });
    await v1.contentWatches.removeContentWatcher({ contentId: at.first.id });
    const after = await v1.contentWatches.getContentWatchStatus({ contentId: at.first.id });
    return [found.results[0].watcher.displayName, watching, after.watching];
  },
  space: async () => {
    await v1.contentWatches.addSpaceWatcher({ spaceKey: 'DOC' });
    await v1.contentWatches.getWatchersForSpace({ spaceKey: 'DOC' });
    await v1.contentWatches.getWatchesForSpace({ id: at.first.id });
    const { watching } = await v1.contentWatches.isWatchingSpace({ spaceKey: 'DOC' });
    await v1.contentWatches.removeSpaceWatch({ spaceKey: 'DOC' });
    return [watching, (await v1.contentWatches.isWatchingSpace({ spaceKey: 'DOC' })).watching];
  },
  label: async () => {
    await v1.contentLabels.addLabelsToContent({ id: at.first.id, body: { prefix: 'global', name: 'green' } });
    await v1.contentWatches.addLabelWatcher({ labelName: 'green' });
    const { watching } = await v1.contentWatches.isWatchingLabel({ labelName: 'green' });
    await v1.contentWatches.removeLabelWatcher({ labelName: 'green' });
    return watching;
  },
});

await steps('tasks', {
  list: async () => {
    const found = await v2.task.getTasks({ pageId: [nr(at.second)], bodyFormat: 'storage' });
    at.task = found.results[0];
    return [found.results.length, at.task.status];
  },
  complete: async () => (await v2.task.updateTask({ id: nr(at.task), body: { status: 'complete' } })).status,
  read: async () => {
    const { status } = await v2.task.getTaskById({ id: nr(at.task), bodyFormat: 'storage' });
    return [status, (await read(at.second.id)).body.storage.value.includes('<ac:task-status>complete<')];
  },
});

await steps('templates', {
  create: async () => {
    const sent = { templateType: 'page', body: { storage: storage('<p>minutes</p>') }, space: { key: 'DOC' } };
    at.template = await v1.template.createContentTemplate({ name: 'Minutes', description: 'of a meeting', ...sent });
    return at.template.name;
  },
  update: async () => {
    const sent = { templateId: at.template.templateId, templateType: 'page', body: { storage: storage('<p>who?</p>') } };
    return (await v1.template.updateContentTemplate({ name: 'Protocol', ...sent, space: { key: 'DOC' } })).name;
  },
  read: async () =>
    (await v1.template.getContentTemplate({ contentTemplateId: at.template.templateId })).body.storage.value,
  list: async () => names(await v1.template.getContentTemplates({ spaceKey: 'DOC', expand: ['body'] })),
  blueprints: async () => Array.isArray((await v1.template.getBlueprintTemplates({ expand: ['body'] })).results),
  delete: async () => {
    await v1.template.removeTemplate({ contentTemplateId: at.template.templateId });
    return names(await v1.template.getContentTemplates({ spaceKey: 'DOC' }));
  },
});

await steps('states', {
  set: async () => {
    const body = { name: 'Checked', color: '#36b37e' };
    return (await v1.contentStates.setContentState({ id: at.first.id, status: 'current', body })).contentState.name;
  },
  read: async () => {
    await v1.contentStates.getAvailableContentStates({ id: at.first.id });
    await v1.contentStates.getCustomContentStates();
    await v1.contentStates.getSpaceContentStates({ spaceKey: 'DOC' });
    await v1.contentStates.getContentStateSettings({ spaceKey: 'DOC' });
    return (await v1.contentStates.getContentState({ id: at.first.id, status: 'current' })).contentState.name;
  },
  remove: async () => {
    await v1.contentStates.removeContentState({ id: at.first.id, status: 'current' });
    return (await v1.contentStates.getContentState({ id: at.first.id })).contentState ?? 'none';
  },
});

await steps('relations', {
  favourite: async () => {
    const place = { relationName: 'favourite', sourceType: 'user', sourceKey: 'current', targetType: 'content', targetKey: at.first.id };
    const made = await v1.relation.createRelationship(place);
    await v1.relation.getRelationship(place);
    await v1.relation.deleteRelationship(place);
    return made.name;
  },
});

await steps('folders', {
  create: async () => (at.folder = await v2.folder.createFolder({ body: { spaceId: at.space.id, title: 'Drawer' } })).title,
  read: async () => (await v2.folder.getFolderById({ id: nr(at.folder), includeDirectChildren: true })).title,
  fill: async () => {
    at.inside = await page('Inside', '<p>in</p>', { parentId: at.folder.id });
    const below = titles(await v2.children.getFolderDirectChildren({ id: nr(at.folder) }));
    const ancestors = await v2.ancestors.getFolderAncestors({ id: nr(at.folder) });
    const descendants = titles(await v2.descendants.getFolderDescendants({ id: nr(at.folder) }));
    return [below, Array.isArray(ancestors.results), descendants, at.inside.parentType];
  },
  property: async () => {
    await v2.contentProperties.createFolderProperty({ id: nr(at.folder), key: 'k', value: 1 });
    return (await v2.contentProperties.getFolderContentProperties({ id: nr(at.folder) })).results.length;
  },
  operations: async () => (await v2.operation.getFolderOperations({ id: nr(at.folder) })).operations.length > 0,
  delete: async () => {
    await v2.page.deletePage({ id: nr(at.inside) });
    await v2.folder.deleteFolder({ id: nr(at.folder) });
  },
});

const REST = ['body.storage', 'body.view', 'version', 'space', 'ancestors', 'history.lastUpdated', 'history.contributors',
  'metadata.labels', 'metadata.properties', 'metadata.currentuser', 'operations', 'childTypes.all', 'children.page',
  'children.attachment', 'children.comment', 'descendants.page', 'restrictions.read.restrictions.user',
  'restrictions.update.restrictions.group'];

await steps('version 1', {
  create: async () => {
    const body = { type: 'page', title: 'Old way', space: { key: 'DOC' }, ancestors: [{ id: at.top.id }], body: { storage: storage('<p>a</p>') } };
    at.old = await ask('POST', '/content', 'Content', { body, expand: ['version', 'body.storage'] });
    return [at.old.title, at.old.version.number];
  },
  read: async () => {
    const found = await ask('GET', `/content/${at.old.id}`, 'Content', { expand: REST });
    await ask('GET', `/content/${at.top.id}`, 'Content', { expand: REST });
    return [found.body.storage.value, titles({ results: found.ancestors }).at(-1)];
  },
  update: async () => {
    const body = { type: 'page', title: 'Old way', version: { number: 2, message: 'more' }, body: { storage: storage('<p>b</p>') } };
    const { version } = await ask('PUT', `/content/${at.old.id}`, 'Content', { body, expand: ['version'] });
    return [version.number, version.message];
  },
  'old version': async () => {
    const old = { status: 'historical', version: 1, expand: ['body.storage'] };
    return (await ask('GET', `/content/${at.old.id}`, 'Content', old)).body.storage.value;
  },
  list: async () => titles(await ask('GET', '/content', 'ContentArray', { spaceKey: 'DOC', title: 'Old way', expand: REST })),
  children: async () => titles(await ask('GET', `/content/${at.top.id}/child/page`, 'ContentArray', { expand: ['version'] })),
  'all children': async () =>
    titles((await ask('GET', `/content/${at.top.id}/child`, 'ContentChildren', { expand: ['page', 'attachment', 'comment'] })).page),
  attachments: async () => titles(await ask('GET', `/content/${at.top.id}/child/attachment`, 'ContentArray', { expand: ['version', 'container'] })),
  comment: async () => {
    const body = { type: 'comment', container: { id: at.old.id, type: 'page' }, body: { storage: storage('<p>hm</p>') } };
    await ask('POST', '/content', 'Content', { body, expand: ['version', 'body.storage'] });
    const expand = ['body.view', 'extensions.resolution', 'version', 'container'];
    return (await ask('GET', `/content/${at.old.id}/child/comment`, 'ContentArray', { expand })).results.length;
  },
  history: async () => {
    const expand = ['lastUpdated', 'previousVersion', 'contributors', 'nextVersion'];
    return (await ask('GET', `/content/${at.old.id}/history`, 'ContentHistory', { expand })).lastUpdated.number;
  },
  versions: async () => {
    const found = await ask('GET', `/content/${at.old.id}/version`, 'VersionArray', { expand: ['content'] });
    const one = await ask('GET', `/content/${at.old.id}/version/1`, 'Version');
    return [found.results.map(row => row.number), one.number];
  },
  labels: async () => names(await ask('GET', `/content/${at.first.id}/label`, 'LabelArray')),
  property: async () => {
    const place = `/content/${at.old.id}/property`;
    await ask('POST', place, 'ContentProperty', { body: { key: 'k', value: { a: 1 } } });
    await ask('PUT', `${place}/k`, 'ContentProperty', { body: { value: { a: 2 }, version: { number: 2 } } });
    const { value } = await ask('GET', `${place}/k`, 'ContentProperty', { expand: ['version', 'content'] });
    const all = await ask('GET', place, 'ContentPropertyArray', { expand: ['version'] });
    await ask('DELETE', `${place}/k`);
    return [value, all.results.length];
  },
  spaces: async () => {
    const expand = ['description.plain', 'description.view', 'homepage', 'icon', 'metadata.labels', 'permissions', 'operations', 'history'];
    await ask('GET', '/space', 'SpaceArray', { expand });
    return (await ask('GET', '/space/DOC', 'Space', { expand })).name;
  },
  convert: async () => (await ask('POST', '/contentbody/convert/view', 'ContentBody', { body: storage('<p>c</p>') })).representation,
  delete: async () => {
    await ask('DELETE', `/content/${at.old.id}`);
    return titles(await ask('GET', '/content', 'ContentArray', { spaceKey: 'DOC', title: 'Old way', status: 'trashed' }));
  },
});

await steps('parts', {
  'of a comment': async () => {
    const made = await v2.comment.createFooterComment({ pageId: at.top.id, body: storage('<p>more</p>') });
    const id = nr(made);
    await v2.version.getFooterCommentVersionDetails({ id, versionNumber: 1 });
    await v2.like.getFooterLikeCount({ id });
    await v2.like.getFooterLikeUsers({ id });
    await v2.contentProperties.createCommentProperty({ commentId: id, key: 'k', value: { a: 1 } });
    await v2.contentProperties.getCommentContentProperties({ commentId: id });
    return (await v2.operation.getFooterCommentOperations({ id })).operations.length > 0;
  },
  'of a file': async () => {
    const { id } = at.file;
    await v2.label.getAttachmentLabels({ id });
    await v2.contentProperties.createAttachmentProperty({ attachmentId: id, key: 'k', value: { a: 1 } });
    await v2.contentProperties.getAttachmentContentProperties({ attachmentId: id });
    return (await v2.operation.getAttachmentOperations({ id })).operations.length > 0;
  },
  'of a blog post': async () => {
    const body = { spaceId: at.space.id, status: 'current', title: 'Gossip', body: storage('<p>new</p>') };
    const id = nr(await v2.blogPost.createBlogPost({ body }));
    await v2.blogPost.updateBlogPost({ id, body: { ...body, id: String(id), body: storage('<p>newer</p>'), version: { number: 2 } } });
    await v2.comment.createFooterComment({ blogPostId: String(id), body: storage('<p>oh</p>') });
    await v2.attachment.getBlogpostAttachments({ id });
    await v2.label.getBlogPostLabels({ id });
    await v2.operation.getBlogPostOperations({ id });
    await v2.contentProperties.createBlogpostProperty({ blogpostId: id, key: 'k', value: { a: 1 } });
    await v2.contentProperties.getBlogpostContentProperties({ blogpostId: id });
    await v2.like.getBlogPostLikeCount({ id });
    const comments = await v2.comment.getBlogPostFooterComments({ id, bodyFormat: 'storage' });
    const versions = await v2.version.getBlogPostVersions({ id });
    await v2.version.getBlogPostVersionDetails({ blogpostId: id, versionNumber: 1 });
    return [comments.results.length, versions.results.length];
  },
  'of a macro': async () => {
    const place = { id: at.first.id, version: 1, macroId: '0b1c2d3e-0000-4000-8000-000000000001' };
    await v1.contentMacroBody.getAndAsyncConvertMacroBodyByMacroId({ ...place, to: 'view' });
    return (await v1.contentMacroBody.getAndConvertMacroBodyByMacroId({ ...place, to: 'view' })).representation;
  },
  'of a site': async () => titles(await v2.blogPost.getBlogPosts({ bodyFormat: 'storage' })),
  'bulk conversion': async () => {
    const conversionInputs = [{ to: 'export_view', body: storage('<p>d</p>') }];
    const ids = (await v1.contentBody.bulkAsyncConvertContentBodyRequest({ conversionInputs })).map(one => one.asyncId);
    return (await v1.contentBody.bulkAsyncConvertContentBodyResponse({ ids })).length;
  },
  users: async () => (await v1.search.searchUser({ cql: 'type=user', limit: 5 })).results[0].user.type,
  'contents with a state': async () => {
    const body = { name: 'Waiting', color: '#ffab00' };
    const { contentState } = await v1.contentStates.setContentState({ id: at.first.id, status: 'current', body });
    return titles(await v1.contentStates.getContentsWithState({ spaceKey: 'DOC', 'state-id': contentState.id }));
  },
  'creator watches': async () => (await v1.contentWatches.getContentWatchStatus({ contentId: at.top.id })).watching,
  'space, v2': async () =>
    (await v2.space.createSpace({ body: { key: 'NEW', name: 'New', description: { value: 'x', representation: 'plain' } } })).key,
});

await steps('copies', {
  page: async () => {
    const more = { copyAttachments: true, copyLabels: true, pageTitle: 'First again' };
    const destination = { type: 'parent_page', value: at.top.id };
    const made = await v1.contentChildrenAndDescendants.copyPage({ id: at.first.id, destination, ...more });
    return [made.title, (await read(made.id)).body.storage.value.includes('mind the gap')];
  },
  tree: async () => {
    at.target = await page('Target', '');
    const titleOptions = { prefix: 'Copy of ' };
    const more = { copyAttachments: true, copyDescendants: true, destinationPageId: at.target.id, titleOptions };
    const done = await finished(await v1.contentChildrenAndDescendants.copyPageHierarchy({ id: at.top.id, ...more }));
    await v1.longRunningTask.getTasks();
    const found = await v2.descendants.getPageDescendants({ id: nr(at.target), depth: 5 });
    return [done, titles(found).sort()];
  },
});

await steps('ends', {
  views: async () => {
    await v1.analytics.getViewers({ contentId: at.top.id });
    return typeof (await v1.analytics.getViews({ contentId: at.top.id })).count;
  },
  audit: async () => {
    await v1.audit.getRetentionPeriod();
    return (await v1.audit.getAuditRecords({ limit: 5 })).results.length > 0;
  },
  archive: async () => finished(await v1.content.archivePages({ pages: [{ id: nr(at.first) }] })),
  'delete a page': async () => {
    await v2.page.deletePage({ id: nr(at.second) });
    return titles(await v2.page.getPages({ title: 'Chores', status: ['trashed'] }));
  },
  'delete a tree': async () => finished(await v1.experimental.deletePageTree({ id: at.target.id })),
});
