//! The pusher, as far as a hook can find out.

/// The environment variables with the pusher's name: of GitLab, gitolite,
/// Forgejo and Gitea, a web server, the shell.
const LOGINS: [&str; 6] = [
    "GL_USERNAME",
    "GL_USER",
    "GITEA_PUSHER_NAME",
    "REMOTE_USER",
    "USER",
    "LOGNAME",
];
/// Accounts shared by many users, whose name does not identify the pusher.
const SHARED: [&str; 7] = [
    "git", "gitea", "forgejo", "gitolite", "www-data", "apache", "nginx",
];

/// The user who pushes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pusher {
    /// user name
    pub(crate) login: Option<String>,
    /// full name
    pub(crate) name: Option<String>,
}

impl Pusher {
    /// The pusher named by the environment, which `variable` reads.
    ///
    /// For a shared account there is no name; the events then have that of the newest commit's author.
    pub(crate) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let login = LOGINS
            .iter()
            .filter_map(|name| variable(name))
            .find(|login| !login.is_empty() && !SHARED.contains(&login.as_str()));
        Self { login, name: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(variables: &[(&str, &str)]) -> Option<String> {
        let find = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        };
        Pusher::from_environment(find).login
    }

    #[test]
    fn the_name_of_the_server_precedes_that_of_the_shell() {
        assert_eq!(
            login(&[("USER", "root"), ("REMOTE_USER", "ada")]).as_deref(),
            Some("ada")
        );
        assert_eq!(
            login(&[("USER", "grace"), ("REMOTE_USER", "")]).as_deref(),
            Some("grace")
        );
    }

    #[test]
    fn a_shared_account_is_not_a_name() {
        assert_eq!(login(&[("USER", "git"), ("LOGNAME", "git")]), None);
        assert_eq!(login(&[]), None);
    }
}
