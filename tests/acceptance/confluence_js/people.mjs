import { at, names, nr, read, steps, storage, v1, v2 } from './client.mjs';

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
