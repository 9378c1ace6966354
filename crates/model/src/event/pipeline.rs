//! A pipeline that changed its status.

use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// A pipeline event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pipeline {
    /// who started it; nobody for schedules and the API
    pub user: Option<User>,
    /// the project it ran in
    pub project: Option<ProjectPart>,
    /// the commit it ran on
    pub commit: Option<Commit>,
    /// the pipeline itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: PipelineAttributes,
    /// the latest try of each of its jobs, in any order
    #[serde(deserialize_with = "or_empty")]
    pub builds: Vec<Build>,
}

/// `object_attributes` of a pipeline event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PipelineAttributes {
    /// its number on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// its name, where it has one
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// branch or tag, without what stands before it
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
    /// whether it ran for a tag
    #[serde(deserialize_with = "or_empty")]
    pub tag: bool,
    /// the commit's hash
    #[serde(deserialize_with = "or_empty")]
    pub sha: String,
    /// `running`, `success`, `failed`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// the status in words, such as `passed with warnings`
    #[serde(deserialize_with = "or_empty")]
    pub detailed_status: String,
    /// how the ref fared before: `broken`, `fixed`, …; not every host says
    pub ref_status_name: Option<String>,
    /// what is wrong with the configuration file
    #[serde(deserialize_with = "or_empty")]
    pub yaml_errors: String,
    /// in seconds
    pub duration: Option<f64>,
    /// when it ended, in one of GitLab's forms
    #[serde(deserialize_with = "or_empty")]
    pub finished_at: String,
    /// its page; old hosts do not say
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// whether its ref is protected on its host
    pub protected_ref: Option<bool>,
}

/// One job of a pipeline.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Build {
    /// its number on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// its stage
    #[serde(deserialize_with = "or_empty")]
    pub stage: String,
    /// its name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// `success`, `failed`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
}

impl Pipeline {
    /// The jobs that failed and have no later try that did not, each name once, the last first.
    pub fn failed_jobs(&self) -> Vec<&Build> {
        let succeeded = |name: &str| {
            let mut same = self.builds.iter().filter(|build| build.name == name);
            same.any(|build| build.status == "success")
        };
        let mut failed: Vec<&Build> = Vec::new();
        for build in self.builds.iter().rev() {
            let is_new = failed.iter().all(|known| known.name != build.name);
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
    fn a_job_that_worked_at_last_did_not_fail() {
        let json = r#"{"builds":[
            {"id":1,"name":"lint","status":"failed"}, {"id":2,"name":"test","status":"failed"},
            {"id":3,"name":"lint","status":"success"}, {"id":4,"name":"build","status":"failed"},
            {"id":5,"name":"test","status":"failed"}]}"#;
        let pipeline: Pipeline = serde_json::from_str(json).unwrap();
        let failed: Vec<i64> = pipeline.failed_jobs().iter().map(|job| job.id).collect();
        assert_eq!(failed, [5, 4]);
    }
}
