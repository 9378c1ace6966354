//! Who there is: users, the tokens that speak for them, and the sessions of their browsers.

mod sessions;
mod tokens;
mod users;

pub use sessions::{Session, add_session, end_session, end_sessions, renew_session, session};
pub(crate) use tokens::opt_date;
pub use tokens::{
    NewToken, Token, TokenFilter, add_token, digest, list_tokens, revoke, revoke_successors,
    rotate, token, token_by_digest, touch,
};
pub(crate) use users::{COLUMNS as USER_COLUMNS, from_row as user_from_row};
pub use users::{
    NewUser, User, UserFilter, add_user, email_taken, ensure_root, list_users, set_password, user,
    user_by_name,
};

#[cfg(test)]
mod tests;
