"""python-gitlab's library, unmodified: every integration of a project, and those of a group."""

import datetime
import json
import sys
import warnings

import gitlab

warnings.simplefilter("error")
plan = json.load(sys.stdin)
gl = gitlab.Gitlab(plan["url"], private_token=plan["token"])
gl.auth()
project = gl.projects.get(plan["project"])
group_path = f"/groups/{plan['group']}/integrations"


def expect(what, got, wanted):
    # Types too: in Python 1 == True.
    assert json.dumps(got, sort_keys=True) == json.dumps(wanted, sort_keys=True), f"{what}: {got!r}, not {wanted!r}"


def check_entity(case, got, active=True):
    what = case["slug"]
    expect(what, [got["slug"], got["title"], got["active"]], [what, case["title"], active])
    for name in plan["switches"] + ["comment_on_event_enabled", "inherited"]:
        assert isinstance(got[name], bool), f"{what}: {name} is {got[name]!r}"
    for name in ["created_at", "updated_at"]:
        datetime.datetime.strptime(got[name], "%Y-%m-%dT%H:%M:%S.%fZ")


def check_values(case, got):
    what = case["slug"]
    check_entity(case, got)
    for name, value in case["top"].items():
        expect(f"{what}.{name}", got[name], value)
    for name, value in case["properties"].items():
        expect(f"{what}.properties.{name}", got["properties"][name], value)
    for name in case["hidden"]:
        assert name not in got and name not in got["properties"], f"{what}: {name} is shown"


def refused(what, error_type, status, words, call):
    try:
        call()
    except error_type as error:
        assert error.response_code == status and words in str(error), f"{what}: {error}"
    else:
        raise AssertionError(f"{what}: taken, but {status} was expected")


def of_project(case):
    slug, manager = case["slug"], project.integrations
    refused(slug, gitlab.GitlabGetError, 404, "404 Integration Not Found", lambda: manager.get(slug))
    if not case["by_api"]:
        words = f"You cannot create the {case['title']} integration from the API"
        refused(slug, gitlab.GitlabUpdateError, 422, words, lambda: manager.update(slug, case["settings"]))
        refused(slug, gitlab.GitlabDeleteError, 404, "404 Integration Not Found", lambda: manager.delete(slug))
        return
    refused(slug, gitlab.GitlabUpdateError, 400, case["says"], lambda: manager.update(slug, case["wrong"]))
    assert manager.list(get_all=True) == [], f"{slug}: something was saved"
    check_values(case, manager.update(slug, case["settings"]))
    found = manager.get(slug)
    check_values(case, found.attributes)
    (listed,) = manager.list(get_all=True)
    check_entity(case, listed.attributes)
    assert "properties" not in listed.attributes and listed.id == found.id
    if case["needs_nothing"]:
        # An object's `save` sends what has changed alone.
        found.push_events = False
        found.save()
        assert manager.get(slug).active
    found.delete()
    check_entity(case, manager.get(slug).attributes, active=False)
    assert manager.list(get_all=True) == [], f"{slug}: still in the list"


def of_group(case):
    slug = case["slug"]
    path = f"{group_path}/{slug}"
    if not case["at_group"]:
        words = "400 Integration not available"
        refused(slug, gitlab.GitlabHttpError, 400, words, lambda: gl.http_put(path, post_data=case["settings"]))
        refused(slug, gitlab.GitlabHttpError, 400, words, lambda: gl.http_get(path))
        return
    refused(slug, gitlab.GitlabHttpError, 404, "404 Integration Not Found", lambda: gl.http_get(path))
    if not case["by_api"]:
        words = f"You cannot create the {case['title']} integration from the API"
        refused(slug, gitlab.GitlabHttpError, 422, words, lambda: gl.http_put(path, post_data=case["settings"]))
        return
    refused(slug, gitlab.GitlabHttpError, 400, case["says"], lambda: gl.http_put(path, post_data=case["wrong"]))
    check_values(case, gl.http_put(path, post_data=case["settings"]))
    check_values(case, gl.http_get(path))
    (listed,) = gl.http_list(group_path, get_all=True)
    check_entity(case, listed)
    gl.http_delete(path)
    check_entity(case, gl.http_get(path), active=False)
    assert gl.http_list(group_path, get_all=True) == []


for case in plan["integrations"]:
    of_project(case)
# The group's settings are the project's too, so they come when the project's are done with.
for case in plan["integrations"]:
    of_group(case)
refused("unknown", gitlab.GitlabGetError, 400, "slug does not have a valid value", lambda: project.integrations.get("flowdock"))
stranger = gitlab.Gitlab(plan["url"], private_token="wrong").projects.get(plan["project"], lazy=True)
refused("no token", gitlab.GitlabAuthenticationError, 401, "401 Unauthorized", lambda: stranger.integrations.get("jira"))
print(f"all is well: {len(plan['integrations'])} integrations")
