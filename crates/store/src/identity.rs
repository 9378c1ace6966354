//! Users, their access tokens, and their browser sessions.

mod accounts;
mod sessions;
mod tokens;
mod users;

pub use accounts::{add_user, ensure_root, set_password};
pub use sessions::{Session, add_session, end_session, end_sessions, renew_session, session};
pub use tokens::{
    NewToken, Token, TokenFilter, add_token, digest, list_tokens, revoke, revoke_successors,
    rotate, token, token_by_digest, touch,
};
pub use users::{NewUser, User, UserFilter, email_taken, list_users, user, user_by_name};

#[cfg(test)]
mod tests;
