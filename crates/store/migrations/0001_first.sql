-- Times are milliseconds since 1970 in UTC; truth values are 0 and 1.
-- What stands in braces is replaced per database: see src/migrate.rs.

CREATE TABLE instance (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE users (
    id            {id},
    username      TEXT NOT NULL,
    username_key  TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    admin         BIGINT NOT NULL,
    password_hash TEXT,
    created_at    BIGINT NOT NULL
);

-- `previous_id` is the token that a rotation replaced by this one.
CREATE TABLE tokens (
    id           {id},
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
CREATE INDEX tokens_by_user ON tokens (user_id, id);
CREATE INDEX tokens_by_previous ON tokens (previous_id);

-- Who is signed in to the web pages. `digest` is that of the cookie's token.
CREATE TABLE sessions (
    digest     TEXT PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_used  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- A group, or the personal namespace of a user. `path_key` is the lower-case full path.
CREATE TABLE namespaces (
    id          {id},
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
CREATE INDEX namespaces_by_parent ON namespaces (parent_id, id);

CREATE TABLE projects (
    id               {id},
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
CREATE INDEX projects_by_namespace ON projects (namespace_id, id);

-- `scope` is `namespace` or `project`, `owner_id` the id there.
CREATE TABLE members (
    scope        TEXT NOT NULL,
    owner_id     BIGINT NOT NULL,
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    access_level BIGINT NOT NULL,
    expires_at   TEXT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (scope, owner_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id, scope);

CREATE TABLE protected_branches (
    id               {id},
    project_id       BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    push_level       BIGINT NOT NULL,
    merge_level      BIGINT NOT NULL,
    allow_force_push BIGINT NOT NULL,
    UNIQUE (project_id, name)
);

CREATE TABLE sources (
    project_id      BIGINT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL,
    web_url         TEXT NOT NULL,
    repository_path TEXT NOT NULL,
    api_url         TEXT NOT NULL,
    secret          {bytes},
    api_token       {bytes}
);

-- One integration's values at one level. `scope` is `instance`, `namespace` or `project`.
CREATE TABLE settings (
    id         {id},
    scope      TEXT NOT NULL,
    owner_id   BIGINT NOT NULL,
    slug       TEXT NOT NULL,
    inherits   BIGINT NOT NULL,
    active     BIGINT NOT NULL,
    triggers   TEXT NOT NULL,
    fields     TEXT NOT NULL,
    secrets    {bytes},
    learned    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (scope, owner_id, slug)
);
CREATE INDEX settings_of_own ON settings (slug, scope, owner_id, active) WHERE inherits = 0;

CREATE TABLE events (
    id          {id},
    project_id  BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    source_key  TEXT,
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX events_once ON events (project_id, source_key) WHERE source_key IS NOT NULL;
CREATE INDEX events_by_project ON events (project_id, id);

-- Which pushes to a bare repository brought a commit. `sha` is in lower case.
CREATE TABLE event_commits (
    project_id BIGINT NOT NULL,
    sha        TEXT NOT NULL,
    event_id   BIGINT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, sha, event_id)
);
CREATE INDEX event_commits_by_event ON event_commits (event_id);

-- Issues (`sign` is `#`) and merge requests (`!`) of the source host that events told of.
CREATE TABLE known_items (
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    sign       TEXT NOT NULL,
    number     BIGINT NOT NULL,
    url        TEXT NOT NULL,
    title      TEXT NOT NULL,
    PRIMARY KEY (project_id, sign, number)
);

-- `destination` is the scheme, host and port the integration talks to, empty when it talks to none.
-- `done` names the steps that need not be made again, as a JSON array.
-- A claimed delivery has `next_at` at the end of its lease.
CREATE TABLE deliveries (
    id          {id},
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
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE status = 'pending';
CREATE INDEX deliveries_waiting ON deliveries (destination, next_at) WHERE status = 'pending';
CREATE INDEX deliveries_by_project ON deliveries (project_id, id);
CREATE INDEX deliveries_by_event ON deliveries (event_id);

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

-- Who changed what. Rows outlive what they are about, so they refer to nothing and keep its path.
-- `scope` is `instance`, `namespace`, `project` or `user`, `owner_id` the id there;
-- `actor_id` is missing where no user acted, `changes` is a JSON array.
CREATE TABLE audit_events (
    id          {id},
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
CREATE INDEX audit_events_by_subject ON audit_events (scope, owner_id, id);
CREATE INDEX audit_events_by_time ON audit_events (created_at);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);
