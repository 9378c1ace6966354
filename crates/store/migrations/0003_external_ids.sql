-- Ids that tools gave to what integrations created there, such as an issue or a message thread.
CREATE TABLE external_ids (
    project_id  BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    integration TEXT NOT NULL,
    subject     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (project_id, integration, subject)
);
