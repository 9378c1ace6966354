//! Where a project's events come from, and how that host writes its links.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

/// The kind of a project's Git host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// GitLab's hooks
    #[default]
    Gitlab,
    /// Forgejo and Gitea
    Forgejo,
    /// GitHub
    Github,
    /// a bare repository with Crosstie's own hook
    Git,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Gitlab, Self::Forgejo, Self::Github, Self::Git];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gitlab => "gitlab",
            Self::Forgejo => "forgejo",
            Self::Github => "github",
            Self::Git => "git",
        }
    }

    /// The kind of that name; `gitea` is another word for `forgejo`.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "gitea" {
            return Some(Self::Forgejo);
        }
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The shape of a host's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `/-/commit/SHA`, `/-/tree/BRANCH`, `/-/merge_requests/1`
    Gitlab,
    /// `/commit/SHA`, `/src/branch/BRANCH`, `/pulls/1`
    Forgejo,
    /// `/commit/SHA`, `/tree/BRANCH`, `/pull/1`
    Github,
    /// cgit: `/commit/?id=SHA`, `/log/?h=BRANCH`
    Cgit,
    /// gitweb: `?p=REPO;a=commit;h=SHA`
    Gitweb,
}

/// Writes links to a project on its host, in the host's own form.
#[derive(Clone, Debug)]
pub struct Links {
    form: Form,
    base: String,
}

/// Kept as it is in a path: what branch names and paths are made of.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^')
    .add(b'[')
    .add(b']');
/// As [`PATH`], for a value in a query.
const QUERY: &AsciiSet = &PATH.add(b'&').add(b'+').add(b'=').add(b';');

impl Links {
    /// Links of a project whose page on its host is `web_url`.
    ///
    /// A bare repository's `web_url` names no kind of host, so the address itself
    /// is looked at: gitweb and cgit are told by their paths, GitHub and the large
    /// Forgejo hosts by name; everything else is written as GitLab does.
    pub fn new(kind: SourceKind, web_url: &str) -> Self {
        let base = web_url.trim_end_matches('/').to_owned();
        let form = match kind {
            SourceKind::Gitlab => Form::Gitlab,
            SourceKind::Forgejo => Form::Forgejo,
            SourceKind::Github => Form::Github,
            SourceKind::Git => guess_form(&base),
        };
        Self { form, base }
    }

    /// The project's page.
    pub fn project(&self) -> &str {
        &self.base
    }

    /// A commit's page.
    pub fn commit(&self, sha: &str) -> String {
        let base = &self.base;
        match self.form {
            Form::Gitlab => format!("{base}/-/commit/{sha}"),
            Form::Forgejo | Form::Github => format!("{base}/commit/{sha}"),
            Form::Cgit => format!("{base}/commit/?id={sha}"),
            Form::Gitweb => format!("{}a=commit;h={sha}", self.gitweb_base()),
        }
    }

    /// A branch's files.
    pub fn branch(&self, name: &str) -> String {
        let base = &self.base;
        let path = utf8_percent_encode(name, PATH);
        let query = utf8_percent_encode(name, QUERY);
        match self.form {
            Form::Gitlab => format!("{base}/-/tree/{path}"),
            Form::Forgejo => format!("{base}/src/branch/{path}"),
            Form::Github => format!("{base}/tree/{path}"),
            Form::Cgit => format!("{base}/log/?h={query}"),
            Form::Gitweb => format!("{}a=shortlog;h=refs/heads/{query}", self.gitweb_base()),
        }
    }

    /// A branch's or a tag's history.
    pub fn history(&self, name: &str) -> String {
        match self.form {
            Form::Gitlab => format!(
                "{}/-/commits/{}",
                self.base,
                utf8_percent_encode(name, PATH)
            ),
            _ => self.branch(name),
        }
    }

    /// A tag's page.
    pub fn tag(&self, name: &str) -> String {
        let base = &self.base;
        let path = utf8_percent_encode(name, PATH);
        let query = utf8_percent_encode(name, QUERY);
        match self.form {
            Form::Gitlab => format!("{base}/-/tags/{path}"),
            Form::Forgejo => format!("{base}/src/tag/{path}"),
            Form::Github => format!("{base}/releases/tag/{path}"),
            Form::Cgit => format!("{base}/tag/?h={query}"),
            Form::Gitweb => format!("{}a=tag;h=refs/tags/{query}", self.gitweb_base()),
        }
    }

    /// A merge request's page; only hosts that have them have one.
    pub fn merge_request(&self, iid: i64) -> Option<String> {
        let base = &self.base;
        match self.form {
            Form::Gitlab => Some(format!("{base}/-/merge_requests/{iid}")),
            Form::Forgejo => Some(format!("{base}/pulls/{iid}")),
            Form::Github => Some(format!("{base}/pull/{iid}")),
            Form::Cgit | Form::Gitweb => None,
        }
    }

    /// The list of branches.
    pub fn branches(&self) -> String {
        let base = &self.base;
        match self.form {
            Form::Gitlab => format!("{base}/-/branches"),
            Form::Forgejo | Form::Github => format!("{base}/branches"),
            Form::Cgit => format!("{base}/refs/heads"),
            Form::Gitweb => format!("{}a=heads", self.gitweb_base()),
        }
    }

    /// What `to` has that `from` has not; each is a hash or a branch.
    pub fn compare(&self, from: &str, to: &str) -> String {
        let base = &self.base;
        let [from_path, to_path] = [from, to].map(|name| utf8_percent_encode(name, PATH));
        let [from_query, to_query] = [from, to].map(|name| utf8_percent_encode(name, QUERY));
        match self.form {
            Form::Gitlab => format!("{base}/-/compare/{from_path}...{to_path}"),
            Form::Forgejo | Form::Github => format!("{base}/compare/{from_path}...{to_path}"),
            Form::Cgit => format!("{base}/diff/?id={to_query}&id2={from_query}"),
            Form::Gitweb => {
                let base = self.gitweb_base();
                format!("{base}a=commitdiff;h={to_query};hp={from_query}")
            }
        }
    }

    /// A person's page on the same host; only hosts with people have one.
    pub fn user(&self, username: &str) -> Option<String> {
        if username.is_empty() || matches!(self.form, Form::Cgit | Form::Gitweb) {
            return None;
        }
        let origin = Url::parse(&self.base).ok()?.origin().ascii_serialization();
        Some(format!("{origin}/{}", utf8_percent_encode(username, PATH)))
    }

    fn gitweb_base(&self) -> String {
        let joint = if self.base.contains('?') { ";" } else { "?" };
        format!("{}{joint}", self.base)
    }
}

fn guess_form(web_url: &str) -> Form {
    let Ok(url) = Url::parse(web_url) else {
        return Form::Gitlab;
    };
    let host = url.host_str().unwrap_or_default();
    let path = url.path();
    if path.contains("gitweb") || url.query().is_some_and(|query| query.starts_with("p=")) {
        Form::Gitweb
    } else if path
        .split('/')
        .any(|part| part == "cgit" || part == "cgit.cgi")
        || host.starts_with("cgit.")
    {
        Form::Cgit
    } else if host == "github.com" {
        Form::Github
    } else if host == "codeberg.org"
        || host == "gitea.com"
        || host.starts_with("forgejo.")
        || host.starts_with("gitea.")
    {
        Form::Forgejo
    } else {
        Form::Gitlab
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_writes_its_own_form() {
        let rows = [
            (
                SourceKind::Gitlab,
                "https://git.test/g/p/",
                "https://git.test/g/p/-/commit/abc",
                "https://git.test/g/p/-/tree/a%20b/c",
            ),
            (
                SourceKind::Forgejo,
                "https://git.test/g/p",
                "https://git.test/g/p/commit/abc",
                "https://git.test/g/p/src/branch/a%20b/c",
            ),
            (
                SourceKind::Github,
                "https://git.test/g/p",
                "https://git.test/g/p/commit/abc",
                "https://git.test/g/p/tree/a%20b/c",
            ),
            (
                SourceKind::Git,
                "https://git.test/g/p",
                "https://git.test/g/p/-/commit/abc",
                "https://git.test/g/p/-/tree/a%20b/c",
            ),
            (
                SourceKind::Git,
                "https://git.test/cgit/p.git",
                "https://git.test/cgit/p.git/commit/?id=abc",
                "https://git.test/cgit/p.git/log/?h=a%20b/c",
            ),
            (
                SourceKind::Git,
                "https://git.test/?p=p.git",
                "https://git.test/?p=p.git;a=commit;h=abc",
                "https://git.test/?p=p.git;a=shortlog;h=refs/heads/a%20b/c",
            ),
            (
                SourceKind::Git,
                "https://github.com/g/p",
                "https://github.com/g/p/commit/abc",
                "https://github.com/g/p/tree/a%20b/c",
            ),
        ];
        for (kind, web_url, commit, branch) in rows {
            let links = Links::new(kind, web_url);
            assert_eq!(links.commit("abc"), commit);
            assert_eq!(links.branch("a b/c"), branch);
        }
    }

    #[test]
    fn tags_histories_and_comparisons_have_addresses_too() {
        let seen = |kind, web_url: &str| {
            let links = Links::new(kind, web_url);
            [
                links.tag("v 1"),
                links.history("a"),
                links.compare("1", "2"),
                links.merge_request(7).unwrap_or_default(),
            ]
            .map(|url| url.replace(web_url, ""))
        };
        assert_eq!(
            seen(SourceKind::Gitlab, "https://git.test/g/p"),
            [
                "/-/tags/v%201",
                "/-/commits/a",
                "/-/compare/1...2",
                "/-/merge_requests/7"
            ]
        );
        assert_eq!(
            seen(SourceKind::Forgejo, "https://git.test/g/p"),
            [
                "/src/tag/v%201",
                "/src/branch/a",
                "/compare/1...2",
                "/pulls/7"
            ]
        );
        assert_eq!(
            seen(SourceKind::Github, "https://git.test/g/p"),
            [
                "/releases/tag/v%201",
                "/tree/a",
                "/compare/1...2",
                "/pull/7"
            ]
        );
        assert_eq!(
            seen(SourceKind::Git, "https://git.test/cgit/p.git"),
            ["/tag/?h=v%201", "/log/?h=a", "/diff/?id=2&id2=1", ""]
        );
        assert_eq!(
            seen(SourceKind::Git, "https://git.test/?p=p.git")[2],
            ";a=commitdiff;h=2;hp=1"
        );
    }

    #[test]
    fn comparisons_and_lists_of_branches_are_written_in_the_hosts_form() {
        for (web_url, kind, compare, branches) in [
            (
                "https://git.test/g/p",
                SourceKind::Gitlab,
                "/-/compare/a%20b...c",
                "/-/branches",
            ),
            (
                "https://git.test/g/p",
                SourceKind::Forgejo,
                "/compare/a%20b...c",
                "/branches",
            ),
            (
                "https://git.test/cgit/p",
                SourceKind::Git,
                "/diff/?id=c&id2=a%20b",
                "/refs/heads",
            ),
            (
                "https://git.test/?p=p.git",
                SourceKind::Git,
                ";a=commitdiff;h=c;hp=a%20b",
                ";a=heads",
            ),
        ] {
            let links = Links::new(kind, web_url);
            assert_eq!(links.compare("a b", "c"), format!("{web_url}{compare}"));
            assert_eq!(links.branches(), format!("{web_url}{branches}"));
        }
    }

    #[test]
    fn people_live_at_the_root_of_the_host() {
        let links = Links::new(SourceKind::Gitlab, "https://git.test:8443/g/p");
        assert_eq!(
            links.user("ada").as_deref(),
            Some("https://git.test:8443/ada")
        );
        assert_eq!(links.user(""), None);
    }

    #[test]
    fn gitea_is_another_word_for_forgejo() {
        assert_eq!(SourceKind::from_name("gitea"), Some(SourceKind::Forgejo));
        assert_eq!(SourceKind::from_name("svn"), None);
    }
}
