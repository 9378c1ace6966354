//! Secrets stay with the host they were entered for: for every integration that has both.

mod levels;

use super::*;
use crate::testing::engine;
use catalogue::{Part, Setting};
use model::id::ProjectId;

/// A secret that the rules of every integration let pass.
fn secret_of(setting: &Setting) -> String {
    format!("secret_of_{}", setting.name)
}

/// An address in the form that a setting has: a URL, a host with its port, or its first label.
fn address_in(setting: &Setting, url: &str) -> String {
    if setting.kind == Kind::Url {
        return url.to_owned();
    }
    let host = url.split("://").last().unwrap_or_default();
    let ends: &[char] = match setting.part {
        Some(Part::Label) => &['/', '.', ':'],
        _ => &['/'],
    };
    host.split(ends).next().unwrap_or_default().to_owned()
}

/// A value for every setting that takes free text, an example's where there is one; addresses on
/// that host, or on the example's where the integration has a rule for it.
fn filled(integration: &Integration, host: &str) -> Change {
    let change = filled_on(integration, &format!("https://{host}"), host);
    let (secrets, plain) = split(integration, change.fields.clone());
    let values = Values::new(integration.settings, plain, secrets, Map::new());
    let refused = (integration.validate)(&values);
    let mut examples = integration.example.iter();
    let elsewhere = examples.find(|row| refused.iter().any(|error| error.field == row.0));
    match elsewhere.and_then(|row| Url::parse(row.1).ok()) {
        Some(url) => filled_on(integration, &url.origin().ascii_serialization(), host),
        None => change,
    }
}

fn filled_on(integration: &Integration, origin: &str, host: &str) -> Change {
    let value = |setting: &Setting| {
        let example = integration
            .example
            .iter()
            .find(|row| row.0 == setting.name)
            .map(|row| row.1.to_owned());
        match setting.kind {
            Kind::Url => Some(format!("{origin}/{}", setting.name)),
            Kind::Text if setting.binds_secrets => Some(address_in(setting, host)),
            Kind::Text if setting.secret => Some(example.unwrap_or_else(|| secret_of(setting))),
            Kind::Text if setting.required || setting.name == "username" => {
                Some(example.unwrap_or_else(|| "text".to_owned()))
            }
            _ => None,
        }
    };
    let fields = integration
        .settings
        .iter()
        .filter_map(|setting| Some((setting.name.to_owned(), value(setting)?.into())));
    Change {
        fields: fields.collect(),
        triggers: Map::new(),
    }
}

fn only(name: &str, value: &str) -> Change {
    Change {
        fields: Map::from_iter([(name.to_owned(), value.into())]),
        triggers: Map::new(),
    }
}

#[tokio::test]
async fn a_project_has_one_issue_tracker_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let trackers = catalogue::ALL
        .iter()
        .copied()
        .filter(|integration| integration.is_issue_tracker());
    let [first, second] = trackers.take(2).collect::<Vec<_>>()[..] else {
        panic!("there are two trackers at least")
    };
    let save = async |level, integration: &'static Integration| {
        let mut change = filled(integration, "tracker.test");
        for (name, value) in &mut change.fields {
            if name == "issues_url" {
                *value = "https://tracker.test/:id".into();
            }
        }
        engine
            .save(Actor::system(), level, integration, change)
            .await
    };
    let project = Level::Project(ProjectId(1));
    save(project, first).await.unwrap();
    let SaveError::Invalid(errors) = save(project, second).await.unwrap_err() else {
        panic!("a second tracker is refused")
    };
    assert_eq!(errors[0].field, "base");
    assert!(
        errors[0]
            .message
            .starts_with("Another issue tracker is already in use")
    );
    save(project, first).await.unwrap();
    save(Level::Project(ProjectId(2)), second).await.unwrap();
    save(Level::Instance, first).await.unwrap();
    save(Level::Instance, second).await.unwrap();
    let reset = engine.reset(Actor::system(), project, first, None);
    reset.await.unwrap();
    save(project, second).await.unwrap();
    let inherit = engine.inherit(Actor::system(), project, first).await;
    assert!(
        matches!(inherit, Err(SaveError::Invalid(_))),
        "one from above is a second one too: {inherit:?}"
    );
    let other = Level::Project(ProjectId(3));
    engine.inherit(Actor::system(), other, first).await.unwrap();
    assert!(
        save(other, second).await.is_err(),
        "what was asked to be inherited counts"
    );
    save(Level::Project(ProjectId(4)), second)
        .await
        .expect("what merely comes from above gives way");
}

#[tokio::test]
async fn a_secret_is_kept_for_its_host_and_dropped_for_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let mut tried = 0;
    for integration in catalogue::ALL {
        let required = integration
            .settings
            .iter()
            .find(|setting| setting.secret && setting.kind == Kind::Text && setting.required);
        let Some(secret) = required else { continue };
        for address in integration
            .settings
            .iter()
            .filter(|setting| setting.binds_secrets)
        {
            let level = Level::Project(ProjectId(tried));
            let save = |change| engine.save(Actor::system(), level, integration, change);
            save(filled(integration, "first.test")).await.unwrap();
            let elsewhere = address_in(address, "https://first.test/elsewhere");
            let row = save(only(address.name, &elsewhere)).await.unwrap();
            let values = unseal(integration, &row, &engine.parts.keyring).unwrap();
            assert_eq!(values.secret(secret.name).expose(), secret_of(secret));

            let others = [
                "https://second.test/",
                "https://first.test:8443/",
                "http://first.test/",
            ];
            // The name of a host has no scheme to change.
            let others = others.map(|url| address_in(address, url));
            for other in others.iter().filter(|other| **other != elsewhere) {
                let SaveError::Invalid(errors) = save(only(address.name, other)).await.unwrap_err()
                else {
                    panic!("{other} is refused for its values");
                };
                let wanted = FieldError::new(secret.name, "can't be blank");
                assert!(
                    errors.contains(&wanted),
                    "{} {other}: {errors:?}",
                    integration.slug
                );
            }
            let read = engine
                .parts
                .store
                .read(move |sql| settings::get(sql, level, integration.slug));
            assert_eq!(read.await.unwrap().unwrap().fields[address.name], elsewhere);
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn a_secret_is_dropped_when_a_blank_address_means_another_host() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let mut tried = 0;
    for integration in catalogue::ALL {
        let mut settings = integration.settings.iter();
        let secret = settings.find(|setting| setting.secret && setting.required);
        let has_default =
            |setting: &&Setting| setting.binds_secrets && setting.default_json().is_string();
        let address = integration.settings.iter().find(has_default);
        let (Some(secret), Some(address)) = (secret, address) else {
            continue;
        };
        let save = |change| {
            let level = Level::Project(ProjectId(tried));
            engine.save(Actor::system(), level, integration, change)
        };
        save(filled(integration, "first.test")).await.unwrap();
        let SaveError::Invalid(errors) = save(only(address.name, " ")).await.unwrap_err() else {
            panic!("{} is refused for its values", integration.slug);
        };
        assert!(errors.contains(&FieldError::new(secret.name, "can't be blank")));
        tried += 1;
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn a_secret_is_forgotten_with_the_setting_it_goes_with() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let mut tried = 0;
    for integration in catalogue::ALL {
        let settings = integration.settings.iter();
        for (setting, other) in settings.filter_map(|setting| Some((setting, setting.goes_with?))) {
            let level = Level::Project(ProjectId(tried));
            let secret_after = async |change| {
                let row = engine
                    .save(Actor::system(), level, integration, change)
                    .await
                    .unwrap();
                let values = unseal(integration, &row, &engine.parts.keyring).unwrap();
                values.secret(setting.name).expose().to_owned()
            };
            let first = filled(integration, "first.test");
            assert_eq!(secret_after(first).await, secret_of(setting));
            assert_eq!(
                secret_after(only(other, " ")).await,
                "",
                "{}",
                integration.slug
            );
            tried += 1;
        }
    }
    assert!(tried > 0);
}
