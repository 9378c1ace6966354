-- The database of version 0.1.0, schema version 1, as a killed server left it: delivery 5 waits for
-- its second attempt, delivery 7 is claimed. Its secrets are sealed with the key in upgrade.rs.
-- {tool} is the address of Jenkins, {time} the first seven digits of times in milliseconds.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE attempts (
    delivery_id BIGINT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number      BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome     TEXT NOT NULL,
    error       TEXT,
    requests    TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
INSERT INTO "attempts" VALUES(1,1,{time}629976,14,'delivered',NULL,'[{"method":"POST","url":"{tool}/project/tools/shop","status":200,"request_body":"{\"object_kind\": \"push\", \"event_name\": \"push\", \"before\": \"0000000000000000000000000000000000000001\", \"after\": \"0000000000000000000000000000000000000001\", \"ref\": \"refs/heads/main\", \"user_name\": \"Ada\", \"user_username\": \"ada\", \"project_id\": 1, \"project\": {\"id\": 1, \"name\": \"p\", \"web_url\": \"https://git.test/group/p\", \"path_with_namespace\": \"group/p\", \"default_branch\": \"main\"}, \"commits\": [{\"id\": \"0000000000000000000000000000000000000001\", \"message\": \"Change 1\", \"url\": \"https://git.test/group/p/-/commit/0000000000000000000000000000000000000001\", \"timestamp\": \"2026-01-01T00:00:00Z\", \"author\": {\"name\": \"Ada\", \"email\": \"ada@example.test\"}}], \"total_commits_count\": 1}","response_body":"ok"}]');
INSERT INTO "attempts" VALUES(5,1,{time}630039,1,'retry','the tool has a fault (HTTP 500): ok','[{"method":"POST","url":"{tool}/project/tools/shop","status":500,"request_body":"{\"object_kind\": \"push\", \"event_name\": \"push\", \"before\": \"0000000000000000000000000000000000000001\", \"after\": \"0000000000000000000000000000000000000003\", \"ref\": \"refs/heads/main\", \"user_name\": \"Ada\", \"user_username\": \"ada\", \"project_id\": 1, \"project\": {\"id\": 1, \"name\": \"p\", \"web_url\": \"https://git.test/group/p\", \"path_with_namespace\": \"group/p\", \"default_branch\": \"main\"}, \"commits\": [{\"id\": \"0000000000000000000000000000000000000003\", \"message\": \"Change 3\", \"url\": \"https://git.test/group/p/-/commit/0000000000000000000000000000000000000003\", \"timestamp\": \"2026-01-01T00:00:00Z\", \"author\": {\"name\": \"Ada\", \"email\": \"ada@example.test\"}}], \"total_commits_count\": 1}","response_body":"ok"}]');
CREATE TABLE audit_events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at  BIGINT NOT NULL,
    actor_id    BIGINT,
    actor_name  TEXT NOT NULL,
    address     TEXT,
    action      TEXT NOT NULL,
    scope       TEXT NOT NULL,
    owner_id    BIGINT NOT NULL,
    path        TEXT NOT NULL,
    integration TEXT,
    changes     TEXT NOT NULL
);
INSERT INTO "audit_events" VALUES(1,{time}629861,1,'root','127.0.0.1','group.created','namespace',2,'group',NULL,'[]');
INSERT INTO "audit_events" VALUES(2,{time}629863,1,'root','127.0.0.1','project.created','project',1,'group/p',NULL,'[]');
INSERT INTO "audit_events" VALUES(3,{time}629865,1,'root','127.0.0.1','user.created','user',2,'ada',NULL,'[{"name":"admin","old":null,"new":false}]');
INSERT INTO "audit_events" VALUES(4,{time}629963,1,'root','127.0.0.1','member.added','project',1,'group/p',NULL,'[{"name":"member","old":null,"new":{"username":"ada","access_level":40,"expires_at":null}}]');
INSERT INTO "audit_events" VALUES(5,{time}629966,1,'root','127.0.0.1','source.saved','project',1,'group/p',NULL,'[{"name":"kind","old":null,"new":"gitlab"},{"name":"secret","old":null,"new":null,"secret":"set"}]');
INSERT INTO "audit_events" VALUES(6,{time}629967,1,'root','127.0.0.1','protected_branch.added','project',1,'group/p',NULL,'[{"name":"protected_branch","old":null,"new":{"name":"main","push_access_level":40,"merge_access_level":40,"allow_force_push":false}}]');
INSERT INTO "audit_events" VALUES(7,{time}629969,1,'root','127.0.0.1','integration.saved','namespace',2,'group','slack','[{"name":"active","old":false,"new":true},{"name":"username","old":null,"new":"Crosstie"},{"name":"push_events","old":null,"new":false},{"name":"webhook","old":null,"new":null,"secret":"set"}]');
INSERT INTO "audit_events" VALUES(8,{time}629971,1,'root','127.0.0.1','integration.saved','project',1,'group/p','jenkins','[{"name":"active","old":false,"new":true},{"name":"jenkins_url","old":null,"new":"{tool}"},{"name":"project_name","old":null,"new":"tools/shop"},{"name":"username","old":null,"new":"ada"},{"name":"password","old":null,"new":null,"secret":"set"}]');
INSERT INTO "audit_events" VALUES(9,{time}629973,1,'root','127.0.0.1','integration.saved','project',1,'group/p','custom-issue-tracker','[{"name":"active","old":false,"new":true},{"name":"issues_url","old":null,"new":"https://tracker.example.test/:id"},{"name":"new_issue_url","old":null,"new":"https://tracker.example.test/new"},{"name":"project_url","old":null,"new":"https://tracker.example.test"}]');
CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id    BIGINT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    project_id  BIGINT NOT NULL,
    integration TEXT NOT NULL,
    status      TEXT NOT NULL,
    reason      TEXT,
    destination TEXT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    done        TEXT,
    next_at     BIGINT NOT NULL,
    claimed_at  BIGINT,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT
);
INSERT INTO "deliveries" VALUES(1,1,1,'jenkins','delivered',NULL,'{tool}',1,NULL,{time}629991,NULL,{time}629975,{time}629990);
INSERT INTO "deliveries" VALUES(2,1,1,'slack','skipped','`push_events` is switched off','https://hooks.example.test',0,NULL,{time}629975,NULL,{time}629975,{time}629975);
INSERT INTO "deliveries" VALUES(3,2,1,'jenkins','skipped','Jenkins does not act on job events','{tool}',0,NULL,{time}630035,NULL,{time}630035,{time}630035);
INSERT INTO "deliveries" VALUES(4,2,1,'slack','skipped','Slack notifications does not act on job events','https://hooks.example.test',0,NULL,{time}630035,NULL,{time}630035,{time}630035);
INSERT INTO "deliveries" VALUES(5,3,1,'jenkins','pending','the tool has a fault (HTTP 500): ok','{tool}',1,NULL,{time}635902,NULL,{time}630038,NULL);
INSERT INTO "deliveries" VALUES(6,3,1,'slack','skipped','`push_events` is switched off','https://hooks.example.test',0,NULL,{time}630038,NULL,{time}630038,{time}630038);
INSERT INTO "deliveries" VALUES(7,4,1,'jenkins','pending',NULL,'{tool}',0,NULL,{lease_end},{time}630541,{time}630541,NULL);
INSERT INTO "deliveries" VALUES(8,4,1,'slack','skipped','`push_events` is switched off','https://hooks.example.test',0,NULL,{time}630541,NULL,{time}630541,{time}630541);
CREATE TABLE event_commits (
    project_id BIGINT NOT NULL,
    sha        TEXT NOT NULL,
    event_id   BIGINT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, sha, event_id)
);
CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id  BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    source_key  TEXT,
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
INSERT INTO "events" VALUES(1,1,'old-1','push','{"object_kind": "push", "event_name": "push", "before": "0000000000000000000000000000000000000001", "after": "0000000000000000000000000000000000000001", "ref": "refs/heads/main", "user_name": "Ada", "user_username": "ada", "project_id": 1, "project": {"id": 1, "name": "p", "web_url": "https://git.test/group/p", "path_with_namespace": "group/p", "default_branch": "main"}, "commits": [{"id": "0000000000000000000000000000000000000001", "message": "Change 1", "url": "https://git.test/group/p/-/commit/0000000000000000000000000000000000000001", "timestamp": "2026-01-01T00:00:00Z", "author": {"name": "Ada", "email": "ada@example.test"}}], "total_commits_count": 1}',{time}629975);
INSERT INTO "events" VALUES(2,1,'old-2','build','{"object_kind": "build", "ref": "main", "build_name": "x", "build_status": "success", "project_name": "p"}',{time}630035);
INSERT INTO "events" VALUES(3,1,'old-3','push','{"object_kind": "push", "event_name": "push", "before": "0000000000000000000000000000000000000001", "after": "0000000000000000000000000000000000000003", "ref": "refs/heads/main", "user_name": "Ada", "user_username": "ada", "project_id": 1, "project": {"id": 1, "name": "p", "web_url": "https://git.test/group/p", "path_with_namespace": "group/p", "default_branch": "main"}, "commits": [{"id": "0000000000000000000000000000000000000003", "message": "Change 3", "url": "https://git.test/group/p/-/commit/0000000000000000000000000000000000000003", "timestamp": "2026-01-01T00:00:00Z", "author": {"name": "Ada", "email": "ada@example.test"}}], "total_commits_count": 1}',{time}630038);
INSERT INTO "events" VALUES(4,1,'old-4','push','{"object_kind": "push", "event_name": "push", "before": "0000000000000000000000000000000000000001", "after": "0000000000000000000000000000000000000004", "ref": "refs/heads/main", "user_name": "Ada", "user_username": "ada", "project_id": 1, "project": {"id": 1, "name": "p", "web_url": "https://git.test/group/p", "path_with_namespace": "group/p", "default_branch": "main"}, "commits": [{"id": "0000000000000000000000000000000000000004", "message": "Change 4", "url": "https://git.test/group/p/-/commit/0000000000000000000000000000000000000004", "timestamp": "2026-01-01T00:00:00Z", "author": {"name": "Ada", "email": "ada@example.test"}}], "total_commits_count": 1}',{time}630541);
CREATE TABLE instance (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO "instance" VALUES('secret_key_id','3a436bab');
CREATE TABLE known_items (
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    sign       TEXT NOT NULL,
    number     BIGINT NOT NULL,
    url        TEXT NOT NULL,
    title      TEXT NOT NULL,
    PRIMARY KEY (project_id, sign, number)
);
CREATE TABLE members (
    scope        TEXT NOT NULL,
    owner_id     BIGINT NOT NULL,
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    access_level BIGINT NOT NULL,
    expires_at   TEXT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (scope, owner_id, user_id)
);
INSERT INTO "members" VALUES('namespace',2,1,50,NULL,{time}629861);
INSERT INTO "members" VALUES('project',1,2,40,NULL,{time}629963);
CREATE TABLE namespaces (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    parent_id   BIGINT REFERENCES namespaces (id) ON DELETE CASCADE,
    owner_id    BIGINT REFERENCES users (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    path        TEXT NOT NULL,
    full_name   TEXT NOT NULL,
    full_path   TEXT NOT NULL,
    path_key    TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    visibility  TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);
INSERT INTO "namespaces" VALUES(1,'user',NULL,1,'Administrator','root','Administrator','root','root','','public',{time}629776);
INSERT INTO "namespaces" VALUES(2,'group',NULL,NULL,'Group','group','Group','group','group','','private',{time}629861);
INSERT INTO "namespaces" VALUES(3,'user',NULL,2,'Ada','ada','Ada','ada','ada','','public',{time}629865);
CREATE TABLE projects (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace_id     BIGINT NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    path             TEXT NOT NULL,
    full_path        TEXT NOT NULL,
    path_key         TEXT NOT NULL UNIQUE,
    description      TEXT,
    visibility       TEXT NOT NULL,
    default_branch   TEXT NOT NULL,
    archived         BIGINT NOT NULL DEFAULT 0,
    creator_id       BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL
);
INSERT INTO "projects" VALUES(1,2,'p','p','group/p','group/p',NULL,'private','main',0,1,{time}629863,{time}629863);
CREATE TABLE protected_branches (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id       BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    push_level       BIGINT NOT NULL,
    merge_level      BIGINT NOT NULL,
    allow_force_push BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
INSERT INTO "protected_branches" VALUES(1,1,'main',40,40,0);
CREATE TABLE schema_version (version BIGINT NOT NULL);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE sessions (
    digest     TEXT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_used  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE TABLE settings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    scope      TEXT NOT NULL,
    owner_id   BIGINT NOT NULL,
    slug       TEXT NOT NULL,
    inherits   BIGINT NOT NULL,
    active     BIGINT NOT NULL,
    triggers   TEXT NOT NULL,
    fields     TEXT NOT NULL,
    secrets    BLOB,
    learned    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (scope, owner_id, slug)
);
INSERT INTO "settings" VALUES(1,'namespace',2,'slack',0,1,'{"push_events":false}','{"username":"Crosstie"}',X'013A436BABF1FA0B4C5B1A43C8B4FBDDC47D68C1A74540600A1D45BDFCD37666713499E7340832EC44F43D715F283DD75D6D1531D44AA65B8A8B2A623BE68838E95569A9FA8AE09BBCEDC54162FFFD5FBDAD58E908B8CDCF7738DAA05BC95EDAC3E889EC7348','{}',{time}629969,{time}629969);
INSERT INTO "settings" VALUES(2,'project',1,'jenkins',0,1,'{}','{"jenkins_url":"{tool}","project_name":"tools/shop","username":"ada"}',X'013A436BABE5402E609E831C3ABE2401CF0418529C314C03B2E3E2B12E1BE1D9B885C45698F2F6284134B42FD376FBA49B3A9F39B53D33AD381DB1A910E55A835B80D0D5A0F8','{}',{time}629971,{time}629971);
INSERT INTO "settings" VALUES(3,'project',1,'custom-issue-tracker',0,1,'{}','{"project_url":"https://tracker.example.test","issues_url":"https://tracker.example.test/:id","new_issue_url":"https://tracker.example.test/new"}',NULL,'{}',{time}629973,{time}629973);
CREATE TABLE sources (
    project_id      BIGINT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL,
    web_url         TEXT NOT NULL,
    repository_path TEXT NOT NULL,
    api_url         TEXT NOT NULL,
    secret          BLOB,
    api_token       BLOB
);
INSERT INTO "sources" VALUES(1,'gitlab','','','',X'013A436BAB26C84A73044E5C973D4C0BC9F066EEEEA3EA5EE5C3DC6DD69845CED04A2521CF0C21B20CDC48F19D5954A13B63',NULL);
CREATE TABLE tokens (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    description  TEXT,
    digest       TEXT NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    revoked      BIGINT NOT NULL DEFAULT 0,
    expires_at   TEXT,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    previous_id  BIGINT
);
INSERT INTO "tokens" VALUES(1,1,'first administrator',NULL,'b865f728b742d29f62c6c936c1e5031cab434aa5960be57c3df93befe5044fe0','api',0,NULL,{time}629776,{time}629861,NULL);
CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    username      TEXT NOT NULL,
    username_key  TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    admin         BIGINT NOT NULL,
    password_hash TEXT,
    created_at    BIGINT NOT NULL
);
INSERT INTO "users" VALUES(1,'root','root','Administrator','admin@example.com',1,'pbkdf2-sha256$600000$RtnCKet0jRHnJCIFpb5Arg$tmItKu/1N6RNeEqkGJfRVpTzHAAJf0wtIzwll9jpmiQ',{time}629776);
INSERT INTO "users" VALUES(2,'ada','ada','Ada','ada@example.test',0,'pbkdf2-sha256$600000$G2d/MJLKXIyiHlPW8lBYxQ$U8ai7bB1G65LWUWJLn5/p6iKQ9BNoK6tCOCVKzV9on8',{time}629865);
CREATE INDEX tokens_by_user ON tokens (user_id, id);
CREATE INDEX tokens_by_previous ON tokens (previous_id);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX namespaces_by_parent ON namespaces (parent_id, id);
CREATE INDEX projects_by_namespace ON projects (namespace_id, id);
CREATE INDEX members_by_user ON members (user_id, scope);
CREATE INDEX settings_of_own ON settings (slug, scope, owner_id, active) WHERE inherits = 0;
CREATE UNIQUE INDEX events_once ON events (project_id, source_key) WHERE source_key IS NOT NULL;
CREATE INDEX events_by_project ON events (project_id, id);
CREATE INDEX event_commits_by_event ON event_commits (event_id);
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE status = 'pending';
CREATE INDEX deliveries_waiting ON deliveries (destination, next_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_project ON deliveries (project_id, id);
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX audit_events_by_subject ON audit_events (scope, owner_id, id);
CREATE INDEX audit_events_by_time ON audit_events (created_at);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);
INSERT INTO "sqlite_sequence" VALUES('users',2);
INSERT INTO "sqlite_sequence" VALUES('namespaces',3);
INSERT INTO "sqlite_sequence" VALUES('tokens',1);
INSERT INTO "sqlite_sequence" VALUES('audit_events',9);
INSERT INTO "sqlite_sequence" VALUES('projects',1);
INSERT INTO "sqlite_sequence" VALUES('protected_branches',1);
INSERT INTO "sqlite_sequence" VALUES('settings',3);
INSERT INTO "sqlite_sequence" VALUES('events',4);
INSERT INTO "sqlite_sequence" VALUES('deliveries',8);
COMMIT;
