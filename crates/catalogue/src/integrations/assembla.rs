//! # Assembla
//!
//! ## What it does
//!
//! Notifies an Assembla space about pushes, so that its tickets show the commits that name them.
//!
//! ## Set-up
//!
//! 1. In the Assembla space, add the GitHub tool; it shows a secret key.
//! 2. Enter that key as `token` and the name of the space as `subdomain`.
//! 3. Run the test: it sends a sample push.
//!
//! ## Events
//!
//! - **Push to a branch**: is handed on as it came.
//!
//! ## Limits
//!
//! Only Assembla's own service is supported.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, query, sample,
};
use model::{Event, Kind, Trigger};
use outbound::Request;
use url::Url;

settings! {
    /// Secret key that the space's tool shows.
    token: Setting::secret("Token").required(),
    /// Name of the Assembla space.
    subdomain: Setting::text("Subdomain"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "assembla",
    title: "Assembla",
    summary: "Notifies an Assembla space about pushes.",
    category: Category::Other,
    source: include_str!("assembla.rs"),
    docs_url: "https://api-docs.assembla.cc/",
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    address: |_| HOST.to_owned(),
    deliver: Some(Deliver::Plan(&Assembla)),
    example: &[("subdomain", "shop")],
    ..Integration::DEFAULT
};

const HOST: &str = "https://atlas.assembla.com";

struct Assembla;

impl Plan for Assembla {
    fn steps(&self, event: &Event, values: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        let address = tool_address(&values.text("subdomain"))?;
        let token = values.secret("token");
        let mut request = Request::post(query::with(&address, &[("secret_key", token.expose())]));
        request.body = Some((
            "application/json",
            format!("{{\"payload\":{}}}", event.json()),
        ));
        Ok(vec![Step::new("push", request)])
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }
}

/// The URL of a space's tool.
fn tool_address(space: &str) -> Result<String, String> {
    let wrong = || "the address of the space cannot be made".to_owned();
    let mut url = Url::parse(HOST).map_err(|_| wrong())?;
    let mut path = url.path_segments_mut().map_err(|()| wrong())?;
    path.pop_if_empty().extend(["spaces", space, "github_tool"]);
    drop(path);
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use serde_json::json;

    #[test]
    fn the_push_goes_as_payload() {
        let values = values(SETTINGS, json!({"subdomain": "a/b"}), &[("token", "t&u")]);
        let body = json!({"object_kind": "push", "ref": "refs/heads/main"});
        let steps = Assembla
            .steps(&event(&body), &values, &Context::sample())
            .unwrap();
        let request = request(&steps[0]);
        assert_eq!(
            request.url,
            "https://atlas.assembla.com/spaces/a%2Fb/github_tool?secret_key=t%26u"
        );
        let (media_type, text) = request.body.unwrap();
        assert_eq!(media_type, "application/json");
        let sent: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(sent, json!({"payload": body}));
    }
}
