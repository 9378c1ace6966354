//! Atlassian's two products, and the account of a site.

/// Which of Atlassian's two products to stand in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Jira Server or Data Center: REST v2, wiki text, passwords or personal tokens
    Server,
    /// Jira Cloud: REST v2 and v3, documents, e-mail address and API token
    Cloud,
}

/// The one account that may use the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// the name; on Cloud the e-mail address
    pub username: String,
    /// the password; on Cloud the API token
    pub password: String,
}
