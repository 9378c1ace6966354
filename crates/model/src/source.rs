//! The Git host of a project, and links to its pages.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

/// The kind of a project's Git host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// GitLab
    #[default]
    Gitlab,
    /// Forgejo and Gitea
    Forgejo,
    /// GitHub
    Github,
    /// a bare repository with Crosstie's hook
    Git,
}

impl SourceKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Gitlab, Self::Forgejo, Self::Github, Self::Git];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gitlab => "gitlab",
            Self::Forgejo => "forgejo",
            Self::Github => "github",
            Self::Git => "git",
        }
    }

    /// The kind with this name; `gitea` is an alias of `forgejo`.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "gitea" {
            return Some(Self::Forgejo);
        }
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How a host builds the URLs of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UrlStyle {
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

/// Builds links to a project's pages on its host.
#[derive(Clone, Debug)]
pub struct Links {
    style: UrlStyle,
    base: String,
}

/// The characters to encode in a path; `/`, `&`, `+`, `=` and `;` of branch names stay as they are.
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
/// The characters to encode in a value of a query.
const QUERY: &AsciiSet = &PATH.add(b'&').add(b'+').add(b'=').add(b';');

impl Links {
    /// Links of a project whose page on its host is `web_url`.
    ///
    /// For a bare repository the kind of host is guessed from the URL: gitweb and cgit
    /// by their paths, GitHub and the large Forgejo hosts by name; otherwise the links
    /// are GitLab's.
    pub fn new(kind: SourceKind, web_url: &str) -> Self {
        let base = web_url.trim_end_matches('/').to_owned();
        let style = match kind {
            SourceKind::Gitlab => UrlStyle::Gitlab,
            SourceKind::Forgejo => UrlStyle::Forgejo,
            SourceKind::Github => UrlStyle::Github,
            SourceKind::Git => guess_style(&base),
        };
        Self { style, base }
    }

    /// The project's page.
    pub fn project(&self) -> &str {
        &self.base
    }

    /// A commit's page.
    pub fn commit(&self, sha: &str) -> String {
        let base = &self.base;
        match self.style {
            UrlStyle::Gitlab => format!("{base}/-/commit/{sha}"),
            UrlStyle::Forgejo | UrlStyle::Github => format!("{base}/commit/{sha}"),
            UrlStyle::Cgit => format!("{base}/commit/?id={sha}"),
            UrlStyle::Gitweb => format!("{}a=commit;h={sha}", self.gitweb_base()),
        }
    }

    /// The page with a branch's files.
    pub fn branch(&self, name: &str) -> String {
        let base = &self.base;
        let path = utf8_percent_encode(name, PATH);
        let query = utf8_percent_encode(name, QUERY);
        match self.style {
            UrlStyle::Gitlab => format!("{base}/-/tree/{path}"),
            UrlStyle::Forgejo => format!("{base}/src/branch/{path}"),
            UrlStyle::Github => format!("{base}/tree/{path}"),
            UrlStyle::Cgit => format!("{base}/log/?h={query}"),
            UrlStyle::Gitweb => format!("{}a=shortlog;h=refs/heads/{query}", self.gitweb_base()),
        }
    }

    /// The page with the commits of a branch or tag.
    pub fn history(&self, name: &str) -> String {
        match self.style {
            UrlStyle::Gitlab => format!(
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
        match self.style {
            UrlStyle::Gitlab => format!("{base}/-/tags/{path}"),
            UrlStyle::Forgejo => format!("{base}/src/tag/{path}"),
            UrlStyle::Github => format!("{base}/releases/tag/{path}"),
            UrlStyle::Cgit => format!("{base}/tag/?h={query}"),
            UrlStyle::Gitweb => format!("{}a=tag;h=refs/tags/{query}", self.gitweb_base()),
        }
    }

    /// A merge request's page, if the host has merge requests.
    pub fn merge_request(&self, iid: i64) -> Option<String> {
        let base = &self.base;
        match self.style {
            UrlStyle::Gitlab => Some(format!("{base}/-/merge_requests/{iid}")),
            UrlStyle::Forgejo => Some(format!("{base}/pulls/{iid}")),
            UrlStyle::Github => Some(format!("{base}/pull/{iid}")),
            UrlStyle::Cgit | UrlStyle::Gitweb => None,
        }
    }

    /// The page with all branches.
    pub fn branches(&self) -> String {
        let base = &self.base;
        match self.style {
            UrlStyle::Gitlab => format!("{base}/-/branches"),
            UrlStyle::Forgejo | UrlStyle::Github => format!("{base}/branches"),
            UrlStyle::Cgit => format!("{base}/refs/heads"),
            UrlStyle::Gitweb => format!("{}a=heads", self.gitweb_base()),
        }
    }

    /// The page with the changes from `from` to `to`, each a hash or a branch.
    pub fn compare(&self, from: &str, to: &str) -> String {
        let base = &self.base;
        let [from_path, to_path] = [from, to].map(|name| utf8_percent_encode(name, PATH));
        let [from_query, to_query] = [from, to].map(|name| utf8_percent_encode(name, QUERY));
        match self.style {
            UrlStyle::Gitlab => format!("{base}/-/compare/{from_path}...{to_path}"),
            UrlStyle::Forgejo | UrlStyle::Github => {
                format!("{base}/compare/{from_path}...{to_path}")
            }
            UrlStyle::Cgit => format!("{base}/diff/?id={to_query}&id2={from_query}"),
            UrlStyle::Gitweb => {
                let base = self.gitweb_base();
                format!("{base}a=commitdiff;h={to_query};hp={from_query}")
            }
        }
    }

    /// A user's page, if the host has users.
    pub fn user(&self, username: &str) -> Option<String> {
        if username.is_empty() || matches!(self.style, UrlStyle::Cgit | UrlStyle::Gitweb) {
            return None;
        }
        let origin = Url::parse(&self.base).ok()?.origin().ascii_serialization();
        Some(format!("{origin}/{}", utf8_percent_encode(username, PATH)))
    }

    fn gitweb_base(&self) -> String {
        let separator = if self.base.contains('?') { ";" } else { "?" };
        format!("{}{separator}", self.base)
    }
}

fn guess_style(web_url: &str) -> UrlStyle {
    let Ok(url) = Url::parse(web_url) else {
        return UrlStyle::Gitlab;
    };
    let host = url.host_str().unwrap_or_default();
    let path = url.path();
    if path.contains("gitweb") || url.query().is_some_and(|query| query.starts_with("p=")) {
        UrlStyle::Gitweb
    } else if path
        .split('/')
        .any(|part| part == "cgit" || part == "cgit.cgi")
        || host.starts_with("cgit.")
    {
        UrlStyle::Cgit
    } else if host == "github.com" {
        UrlStyle::Github
    } else if host == "codeberg.org"
        || host == "gitea.com"
        || host.starts_with("forgejo.")
        || host.starts_with("gitea.")
    {
        UrlStyle::Forgejo
    } else {
        UrlStyle::Gitlab
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_own_urls() {
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
    fn tags_commits_and_comparisons_have_urls_of_their_host() {
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
    fn comparisons_and_branches_have_urls_of_their_host() {
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
