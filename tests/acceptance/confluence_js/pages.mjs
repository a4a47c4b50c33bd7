import { NOTE, TASK, at, auth, createV1Client, file, host, names, nr, page, read, refused, steps, storage, text, titles, v1, v2 } from './client.mjs';

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
