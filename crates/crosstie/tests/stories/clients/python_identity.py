"""python-gitlab, unmodified, against a running Crosstie: identity and Jira's settings."""

import sys
import warnings

import gitlab

warnings.simplefilter("error")
url, token = sys.argv[1:]

gl = gitlab.Gitlab(url, private_token=token)
gl.auth()
assert gl.user.username == "root" and gl.user.is_admin
assert gl.version()[0].split(".")[0].isdigit()

group = gl.groups.create({"name": "Tools", "path": "tools"})
subgroup = gl.groups.create({"name": "Deep", "path": "deep", "parent_id": group.id})
assert subgroup.full_path == "tools/deep"
project = gl.projects.create({"name": "Shop", "namespace_id": subgroup.id, "default_branch": "main"})
assert project.path_with_namespace == "tools/deep/shop"
assert gl.projects.get("tools/deep/shop").id == project.id
for number in range(25):
    gl.projects.create({"name": f"Many {number}", "path": f"many-{number}", "namespace_id": group.id})
assert len(gl.projects.list(get_all=True)) == 26
first = gl.projects.list(per_page=10, page=1)
assert len(first) == 10
pages = gl.projects.list(iterator=True, per_page=10)
assert pages.total == 26 and pages.total_pages == 3
project.description = "A shop"
project.save()
assert gl.projects.get(project.id).description == "A shop"

user = gl.users.create({"username": "ada", "name": "Ada", "email": "ada@example.com", "password": "a long password"})
member = project.members.create({"user_id": user.id, "access_level": gitlab.const.AccessLevel.DEVELOPER})
assert project.members.get(user.id).access_level == 30
member.access_level = 40
member.save()
assert [m.username for m in project.members.list(get_all=True)] == ["ada"]
branch = project.protectedbranches.create({"name": "main", "push_access_level": 40, "merge_access_level": 30})
assert branch.name == "main" and len(project.protectedbranches.list(get_all=True)) == 1

own = user.personal_access_tokens.create({"name": "t", "scopes": ["api"]})
ada = gitlab.Gitlab(url, private_token=own.token)
ada.auth()
assert ada.user.username == "ada"
assert ada.personal_access_tokens.get("self").scopes == ["api"]
try:
    gitlab.Gitlab(url, private_token="wrong").auth()
    raise AssertionError("a wrong token was taken")
except gitlab.GitlabAuthenticationError:
    pass

jira = {"url": "https://jira.example.com", "username": "bot", "password": "secret"}
project.integrations.update("jira", jira)
listed = project.integrations.list(get_all=True)
assert [i.slug for i in listed] == ["jira"] and listed[0].active
found = project.integrations.get("jira")
assert found.properties["url"] == jira["url"] and "password" not in found.properties
try:
    project.integrations.update("jira", {"url": "nonsense", "username": "bot", "password": "x"})
    raise AssertionError("a bad URL was taken")
except gitlab.GitlabUpdateError as error:
    assert error.response_code == 400 and "valid URL" in str(error)
html = gl.markdown("See PROJ-12.", gfm=True, project="tools/deep/shop")
assert '<a href="https://jira.example.com/browse/PROJ-12"' in html and ">PROJ-12</a>" in html
assert gl.markdown("See PROJ-12.") == "<p>See PROJ-12.</p>"
found.delete()
assert project.integrations.list(get_all=True) == []
assert ada.projects.get("tools/deep/shop").integrations.get("jira").active is False

# python-gitlab knows integrations of projects alone; those of groups are asked for by their path.
gl.http_put(f"/groups/{group.id}/integrations/jira", post_data=jira)
assert [i["slug"] for i in gl.http_get(f"/groups/{group.id}/integrations")] == ["jira"]
project.integrations.update("jira", {"use_inherited_settings": True})
inherited = project.integrations.get("jira")
assert inherited.inherited and inherited.active and inherited.properties["url"] == jira["url"]
project.integrations.update("jira", jira | {"url": "https://own.example.com"})
own = project.integrations.get("jira")
assert not own.inherited and own.properties["url"] == "https://own.example.com"
gl.http_delete(f"/groups/{group.id}/integrations/jira")
assert gl.http_get(f"/groups/{group.id}/integrations/jira")["active"] is False
assert gl.http_get(f"/groups/{group.id}/integrations") == []

gl.projects.get("tools/many-0").delete()
group.delete()
assert gl.projects.list(get_all=True) == []
print("all is well")
