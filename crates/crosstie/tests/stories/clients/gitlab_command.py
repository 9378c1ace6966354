"""python-gitlab's command `gitlab`, unmodified: every integration of a project.

The command takes no settings (its `update` has no options for them), so the library saves them. What
it can do it does here for every integration: update with nothing, get, list and delete.
"""

import contextlib
import functools
import io
import json
import os
import subprocess
import sys

import gitlab
import gitlab.cli
import gitlab.v4.cli

plan = json.load(sys.stdin)
integrations = gitlab.Gitlab(plan["url"], private_token=plan["token"]).projects.get(plan["project"]).integrations
OPTIONS = ["--server-url", plan["url"], "--private-token", plan["token"], "--output", "json", "project-integration"]

# The command's own parser, which takes it a third of a second to make: it is the same every time.
gitlab.cli._get_parser = functools.cache(gitlab.cli._get_parser)


def words(action, *more):
    return [*OPTIONS, action, "--project-id", str(plan["project"]), *more]


def command(action, *more):
    """Runs the command's entry point; answers its exit code, its output and its complaint."""
    out, complaint, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["gitlab", *words(action, *more)]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
        try:
            gitlab.cli.main()
        except SystemExit as end:
            code = end.code or 0
    return code, out.getvalue(), complaint.getvalue()


def good(action, *more):
    code, out, complaint = command(action, *more)
    assert code == 0, f"{action} {more}: {code} {complaint}"
    return json.loads(out) if out else None


def refused(status, says, action, *more):
    code, _, complaint = command(action, *more)
    assert code == 1 and f"({status}: " in complaint and says in complaint, f"{action} {more}: {code} {complaint}"


def started(action, *more):
    """The same as a process of its own."""
    program = os.path.join(os.path.dirname(sys.executable), "gitlab")
    done = subprocess.run([program, *words(action, *more)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def try_integration(case):
    slug = ("--slug", case["slug"])
    refused(404, "404 Integration Not Found", "get", *slug)
    if not case["by_api"]:
        refused(422, f"You cannot create the {case['title']} integration from the API", "update", *slug)
        refused(404, "404 Integration Not Found", "delete", *slug)
        return
    if case["needs_nothing"]:
        assert good("update", *slug)["active"] is True
    else:
        refused(400, " is missing", "update", *slug)
    integrations.update(case["slug"], case["settings"])
    found = good("get", *slug)
    assert found["active"] is True and found["slug"] == case["slug"]
    for name, value in case["properties"].items():
        assert found["properties"][name] == value, f"{case['slug']}.{name}: {found['properties'][name]!r}"
    assert not set(case["hidden"]) & (set(found) | set(found["properties"])), f"{case['slug']}: a secret"
    (listed,) = good("list", "--get-all")
    assert listed["slug"] == case["slug"] and listed["id"] == found["id"]
    good("delete", *slug)
    assert good("get", *slug)["active"] is False
    assert good("list", "--get-all") == []


for case in plan["integrations"]:
    try_integration(case)
code, out, complaint = started("list", "--get-all")
assert (code, json.loads(out)) == (0, []), complaint
code, out, complaint = started("get", "--slug", "gitlab-slack-application")
assert code == 1 and "404 Integration Not Found" in complaint, complaint
print(f"all is well: {len(plan['integrations'])} integrations")
