//! The Git host of a project, and links to its pages.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
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
/// As [`PATH`], for a value in a query.
const QUERY: &AsciiSet = &PATH.add(b'&').add(b'+').add(b'=').add(b';');

/// The URLs of a host's pages, relative to the project's page.
#[derive(Debug)]
struct Pages {
    encoded: &'static AsciiSet,
    commit: &'static str,
    /// files of a branch
    branch: &'static str,
    /// commits of a branch or tag
    history: &'static str,
    tag: &'static str,
    branches: &'static str,
    compare: &'static str,
    /// if the host has merge requests
    merge_request: Option<&'static str>,
    has_users: bool,
}

const GITLAB: &Pages = &Pages {
    encoded: PATH,
    commit: "/-/commit/{}",
    branch: "/-/tree/{}",
    history: "/-/commits/{}",
    tag: "/-/tags/{}",
    branches: "/-/branches",
    compare: "/-/compare/{from}...{to}",
    merge_request: Some("/-/merge_requests/{}"),
    has_users: true,
};
const FORGEJO: &Pages = &Pages {
    encoded: PATH,
    commit: "/commit/{}",
    branch: "/src/branch/{}",
    history: "/src/branch/{}",
    tag: "/src/tag/{}",
    branches: "/branches",
    compare: "/compare/{from}...{to}",
    merge_request: Some("/pulls/{}"),
    has_users: true,
};
const GITHUB: &Pages = &Pages {
    branch: "/tree/{}",
    history: "/tree/{}",
    tag: "/releases/tag/{}",
    merge_request: Some("/pull/{}"),
    ..*FORGEJO
};
const CGIT: &Pages = &Pages {
    encoded: QUERY,
    commit: "/commit/?id={}",
    branch: "/log/?h={}",
    history: "/log/?h={}",
    tag: "/tag/?h={}",
    branches: "/refs/heads",
    compare: "/diff/?id={to}&id2={from}",
    merge_request: None,
    has_users: false,
};
/// Its base ends in `?` or `;`.
const GITWEB: &Pages = &Pages {
    commit: "a=commit;h={}",
    branch: "a=shortlog;h=refs/heads/{}",
    history: "a=shortlog;h=refs/heads/{}",
    tag: "a=tag;h=refs/tags/{}",
    branches: "a=heads",
    compare: "a=commitdiff;h={to};hp={from}",
    ..*CGIT
};

/// Builds links to a project's pages on its host.
#[derive(Clone, Debug)]
pub struct Links {
    pages: &'static Pages,
    /// the project's page
    project: String,
    /// what the other pages' URLs begin with
    base: String,
}

impl Links {
    /// Links of a project whose page on its host is `web_url`.
    ///
    /// For a bare repository the kind of host is guessed from the URL: gitweb and cgit
    /// by their paths, GitHub and the large Forgejo hosts by name; otherwise the links
    /// are GitLab's.
    pub fn new(kind: SourceKind, web_url: &str) -> Self {
        let project = web_url.trim_end_matches('/').to_owned();
        let (pages, separator) = match kind {
            SourceKind::Gitlab => (GITLAB, ""),
            SourceKind::Forgejo => (FORGEJO, ""),
            SourceKind::Github => (GITHUB, ""),
            SourceKind::Git => guess_pages(&project),
        };
        Self {
            base: format!("{project}{separator}"),
            pages,
            project,
        }
    }

    /// The project's page.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// A commit's page.
    pub fn commit(&self, sha: &str) -> String {
        self.page(self.pages.commit, sha)
    }

    /// The page with a branch's files.
    pub fn branch(&self, name: &str) -> String {
        self.page(self.pages.branch, name)
    }

    /// The page with the commits of a branch or tag.
    pub fn history(&self, name: &str) -> String {
        self.page(self.pages.history, name)
    }

    /// A tag's page.
    pub fn tag(&self, name: &str) -> String {
        self.page(self.pages.tag, name)
    }

    /// A merge request's page, if the host has merge requests.
    pub fn merge_request(&self, iid: i64) -> Option<String> {
        let page = self.pages.merge_request?;
        Some(self.page(page, &iid.to_string()))
    }

    /// The page with all branches.
    pub fn branches(&self) -> String {
        format!("{}{}", self.base, self.pages.branches)
    }

    /// The page with the changes from `from` to `to`, each a hash or a branch.
    pub fn compare(&self, from: &str, to: &str) -> String {
        let path = self.pages.compare.replace("{from}", &self.encode(from));
        format!("{}{}", self.base, path.replace("{to}", &self.encode(to)))
    }

    /// A user's page, if the host has users.
    pub fn user(&self, username: &str) -> Option<String> {
        if username.is_empty() || !self.pages.has_users {
            return None;
        }
        let origin = Url::parse(&self.project).ok()?.origin();
        let origin = origin.ascii_serialization();
        Some(format!("{origin}/{}", self.encode(username)))
    }

    fn page(&self, template: &str, name: &str) -> String {
        let path = template.replace("{}", &self.encode(name));
        format!("{}{path}", self.base)
    }

    fn encode<'n>(&self, name: &'n str) -> Cow<'n, str> {
        utf8_percent_encode(name, self.pages.encoded).into()
    }
}

/// The pages of a bare repository's web host, and what separates their URLs from the project's.
fn guess_pages(web_url: &str) -> (&'static Pages, &'static str) {
    let Ok(url) = Url::parse(web_url) else {
        return (GITLAB, "");
    };
    let host = url.host_str().unwrap_or_default();
    let path = url.path();
    let is_cgit = |part| part == "cgit" || part == "cgit.cgi";
    if path.contains("gitweb") || url.query().is_some_and(|query| query.starts_with("p=")) {
        let separator = if web_url.contains('?') { ";" } else { "?" };
        (GITWEB, separator)
    } else if host.starts_with("cgit.") || path.split('/').any(is_cgit) {
        (CGIT, "")
    } else if host == "github.com" {
        (GITHUB, "")
    } else if matches!(host, "codeberg.org" | "gitea.com")
        || host.starts_with("forgejo.")
        || host.starts_with("gitea.")
    {
        (FORGEJO, "")
    } else {
        (GITLAB, "")
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
        let paths = |kind, web_url: &str| {
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
            paths(SourceKind::Gitlab, "https://git.test/g/p"),
            [
                "/-/tags/v%201",
                "/-/commits/a",
                "/-/compare/1...2",
                "/-/merge_requests/7"
            ]
        );
        assert_eq!(
            paths(SourceKind::Forgejo, "https://git.test/g/p"),
            [
                "/src/tag/v%201",
                "/src/branch/a",
                "/compare/1...2",
                "/pulls/7"
            ]
        );
        assert_eq!(
            paths(SourceKind::Github, "https://git.test/g/p"),
            [
                "/releases/tag/v%201",
                "/tree/a",
                "/compare/1...2",
                "/pull/7"
            ]
        );
        assert_eq!(
            paths(SourceKind::Git, "https://git.test/cgit/p.git"),
            ["/tag/?h=v%201", "/log/?h=a", "/diff/?id=2&id2=1", ""]
        );
        assert_eq!(
            paths(SourceKind::Git, "https://git.test/?p=p.git")[2],
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
    fn users_have_pages_at_the_root_of_the_host() {
        let links = Links::new(SourceKind::Gitlab, "https://git.test:8443/g/p");
        assert_eq!(
            links.user("ada").as_deref(),
            Some("https://git.test:8443/ada")
        );
        assert_eq!(links.user(""), None);
    }

    #[test]
    fn gitea_is_an_alias_of_forgejo() {
        assert_eq!(SourceKind::from_name("gitea"), Some(SourceKind::Forgejo));
        assert_eq!(SourceKind::from_name("svn"), None);
    }
}
