//! Credentials of the demo.

pub(super) const HOOK_SECRET: &str = "demo-hook-secret";
/// The web password of `root`.
pub(super) const PASSWORD: &str = "demo-password";
pub(super) const TOKEN: &str = "glpat-demo-0123456789abcd";
