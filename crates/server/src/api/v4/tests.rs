//! The API as clients see it: requests to the real router.

mod access;
mod groups;
mod integrations;
mod members;
mod projects;
mod requests;
mod tokens;
mod users;
