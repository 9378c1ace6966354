//! Pipelines.

use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// A pipeline changed its status.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pipeline {
    /// who started it; absent for schedules
    pub user: Option<User>,
    /// the project
    pub project: Option<ProjectPart>,
    /// the commit it ran on
    pub commit: Option<Commit>,
    /// the pipeline
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: PipelineAttributes,
    /// the latest runs of its jobs, in any order
    #[serde(deserialize_with = "or_empty")]
    pub builds: Vec<Build>,
}

/// `object_attributes` of a pipeline event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PipelineAttributes {
    /// id on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// name, if it has one
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// name of the branch or tag
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
    /// whether the ref is a tag
    #[serde(deserialize_with = "or_empty")]
    pub tag: bool,
    /// hash of the commit
    #[serde(deserialize_with = "or_empty")]
    pub sha: String,
    /// `running`, `success`, `failed`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// displayed status, such as `passed with warnings`
    #[serde(deserialize_with = "or_empty")]
    pub detailed_status: String,
    /// status compared to the previous pipeline of the ref: `broken`, `fixed`, …
    pub ref_status_name: Option<String>,
    /// errors in the configuration file
    #[serde(deserialize_with = "or_empty")]
    pub yaml_errors: String,
    /// duration in seconds
    pub duration: Option<f64>,
    /// end time, in one of GitLab's formats
    #[serde(deserialize_with = "or_empty")]
    pub finished_at: String,
    /// page; empty from old hosts
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// whether its ref is protected on its host
    pub protected_ref: Option<bool>,
}

/// One job of a pipeline.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Build {
    /// id on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// stage
    #[serde(deserialize_with = "or_empty")]
    pub stage: String,
    /// name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// `success`, `failed`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
}

impl Pipeline {
    /// The failed jobs that did not succeed in another run, each name once, the last first.
    pub fn failed_jobs(&self) -> Vec<&Build> {
        let succeeded = |name: &str| {
            let mut same = self.builds.iter().filter(|build| build.name == name);
            same.any(|build| build.status == "success")
        };
        let mut failed: Vec<&Build> = Vec::new();
        for build in self.builds.iter().rev() {
            let is_new = failed.iter().all(|job| job.name != build.name);
            if build.status == "failed" && is_new && !succeeded(&build.name) {
                failed.push(build);
            }
        }
        failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_succeeded_in_another_run_did_not_fail() {
        let json = r#"{"builds":[
            {"id":1,"name":"lint","status":"failed"}, {"id":2,"name":"test","status":"failed"},
            {"id":3,"name":"lint","status":"success"}, {"id":4,"name":"build","status":"failed"},
            {"id":5,"name":"test","status":"failed"}]}"#;
        let pipeline: Pipeline = serde_json::from_str(json).unwrap();
        let failed: Vec<i64> = pipeline.failed_jobs().iter().map(|job| job.id).collect();
        assert_eq!(failed, [5, 4]);
    }
}
