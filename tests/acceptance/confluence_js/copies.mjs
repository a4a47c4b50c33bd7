import { REST, ask, at, finished, names, nr, page, read, steps, storage, titles, v1, v2 } from './client.mjs';

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
