// The clients, and what all steps use: each step prints one JSON line {step, ok, error, seen}.
// Arguments: the folder of node_modules, the origin of the site.
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
export const host = process.argv[3];
const part = name => import(pathToFileURL(`${modules}/confluence.js/dist/${name}index.js`));
export const { createV1Client, createV2Client } = await part('');
const { createClient } = await part('core/');
const models = await part('v1/');
export const auth = { type: 'basic', email: 'admin@example.com', apiToken: 'admin' };
export const v1 = createV1Client({ host, auth });
export const v2 = createV2Client({ host, auth });

// What the client has no method for in version 1 any more is asked by hand and validated by the models it still has.
const bare = createClient({ host, auth });
export const ask = (method, path, model, { body, ...searchParams } = {}) =>
  bare.sendRequest({ method, url: `/wiki/rest/api${path}`, searchParams, body, schema: models[`${model}Schema`] });

export const at = {}; // what later steps need of earlier ones

export const step = async (name, work) => {
  try {
    console.log(JSON.stringify({ step: name, ok: true, seen: (await work()) ?? null }));
  } catch (error) {
    const issues = error.cause?.issues?.map(one => `${one.path.join('.')}: ${one.message}`);
    const text = issues ? `${error.message}; ${JSON.stringify(error.cause.issues)}` : String(error.stack ?? error);
    console.log(JSON.stringify({ step: name, ok: false, error: text }));
  }
};

export const refused = async (name, work) =>
  step(name, async () => {
    try {
      await work();
    } catch (error) {
      if (error.status) return error.status;
      throw error;
    }
    throw new Error('was not refused');
  });

export const steps = async (group, table) => {
  for (const [name, work] of Object.entries(table)) await step(`${group}: ${name}`, work);
};

export const storage = value => ({ representation: 'storage', value });
export const titles = found => found.results.map(one => one.title);
export const names = found => found.results.map(one => one.name);
export const nr = one => Number(one.id);
export const page = (title, value, more = {}) =>
  v2.page.createPage({ body: { spaceId: at.space.id, status: 'current', title, body: storage(value), ...more } });
export const read = id => v2.page.getPageById({ id: Number(id), bodyFormat: 'storage' });
export const finished = async task => {
  for (let look = 0; look < 50; look += 1) {
    const found = await v1.longRunningTask.getTask({ id: task.id });
    if (found.finished) return found.successful;
    await new Promise(go => setTimeout(go, 100));
  }
  return false;
};
export const TASK =
  '<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>' +
  '<ac:task-body>water the plants</ac:task-body></ac:task></ac:task-list>';
export const NOTE =
  '<p>see</p><ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="0b1c2d3e-0000-4000-8000-000000000001">' +
  '<ac:rich-text-body><p>mind the gap</p></ac:rich-text-body></ac:structured-macro>';
export const text = bytes => new TextDecoder().decode(bytes);
export const file = (content, filename = 'notes.txt') => ({ filename, content });
export const REST = ['body.storage', 'body.view', 'version', 'space', 'ancestors', 'history.lastUpdated', 'history.contributors',
  'metadata.labels', 'metadata.properties', 'metadata.currentuser', 'operations', 'childTypes.all', 'children.page',
  'children.attachment', 'children.comment', 'descendants.page', 'restrictions.read.restrictions.user',
  'restrictions.update.restrictions.group'];
