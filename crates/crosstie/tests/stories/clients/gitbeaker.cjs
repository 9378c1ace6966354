// @gitbeaker/rest, unmodified: every integration of a project, and those of a group.

"use strict";

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { Gitlab } = require("@gitbeaker/rest");

const plan = JSON.parse(readFileSync(0, "utf8"));
const { Integrations, Projects, Users } = new Gitlab({ host: plan.url, token: plan.token });

function checkEntity(integration, got, active = true) {
  const { slug, title } = integration;
  assert.deepEqual([got.slug, got.title, got.active], [slug, title, active]);
  for (const name of [...plan.switches, "comment_on_event_enabled", "inherited"]) {
    assert.equal(typeof got[name], "boolean", `${slug}.${name}`);
  }
  for (const name of ["created_at", "updated_at"]) {
    assert.equal(new Date(got[name]).toISOString(), got[name], `${slug}.${name}`);
  }
}

function checkValues(integration, got) {
  const { slug } = integration;
  checkEntity(integration, got);
  for (const [name, value] of Object.entries(integration.top)) {
    assert.deepEqual(got[name], value, `${slug}.${name}`);
  }
  for (const [name, value] of Object.entries(integration.properties)) {
    assert.deepEqual(got.properties[name], value, `${slug}.properties.${name}`);
  }
  for (const name of integration.hidden) {
    assert(!(name in got) && !(name in got.properties), `${slug}: ${name} is shown`);
  }
}

// The client's own error: its type, our words, and the answer it came with.
async function refused(what, status, words, call) {
  const error = await call().then(
    () => assert.fail(`${what}: taken, but ${status} was expected`),
    (error) => error,
  );
  assert.equal(error.name, "GitbeakerRequestError", `${what}: ${error.stack}`);
  assert.equal(error.cause.response.status, status, `${what}: ${error.message}`);
  assert(error.message.includes(words), `${what}: ${error.message}`);
}

const notFound = "404 Integration Not Found";
const notByApi = ({ title }) => `You cannot create the ${title} integration from the API`;

async function ofProject(integration) {
  const { slug, settings } = integration;
  const show = () => Integrations.show(plan.project, slug);
  const edit = (values) => Integrations.edit(plan.project, slug, values);
  const disable = () => Integrations.disable(plan.project, slug);
  await refused(slug, 404, notFound, show);
  if (!integration.by_api) {
    await refused(slug, 422, notByApi(integration), () => edit(settings));
    await refused(slug, 404, notFound, disable);
    return;
  }
  await refused(slug, 400, integration.says, () => edit(integration.wrong));
  checkValues(integration, await edit(settings));
  checkValues(integration, await show());
  const listed = await Integrations.all(plan.project);
  assert.equal(listed.length, 1, slug);
  checkEntity(integration, listed[0]);
  await disable();
  checkEntity(integration, await show(), false);
  assert.deepEqual(await Integrations.all(plan.project), [], slug);
}

// It has no calls for a group's integrations; its requester makes them.
async function ofGroup(integration) {
  const { slug, settings } = integration;
  const list = `groups/${plan.group}/integrations`;
  const path = `${list}/${slug}`;
  const { requester } = Integrations;
  const edit = (body) => requester.put(path, { body });
  if (!integration.at_group) {
    await refused(slug, 400, "400 Integration not available", () => edit(settings));
    return;
  }
  if (!integration.by_api) {
    await refused(slug, 422, notByApi(integration), () => edit(settings));
    return;
  }
  await refused(slug, 400, integration.says, () => edit(integration.wrong));
  checkValues(integration, (await edit(settings)).body);
  checkValues(integration, (await requester.get(path)).body);
  const listed = (await requester.get(list)).body;
  assert.equal(listed.length, 1, slug);
  checkEntity(integration, listed[0]);
  await requester.delete(path, { body: {} });
  checkEntity(integration, (await requester.get(path)).body, false);
  assert.deepEqual((await requester.get(list)).body, [], slug);
}

async function main() {
  assert.equal((await Users.showCurrentUser()).username, "root");
  assert.equal((await Projects.show(plan.project)).path_with_namespace, "group/p");
  for (const integration of plan.integrations) await ofProject(integration);
  for (const integration of plan.integrations) await ofGroup(integration);
  const stranger = new Gitlab({ host: plan.url, token: "wrong" });
  await refused("no token", 401, "401 Unauthorized", () => stranger.Integrations.all(plan.project));
  console.log(`all is well: ${plan.integrations.length} integrations`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
