//! Secrets stay where they were entered, at every level: every secret of every integration.

use super::*;
use model::id::{NamespaceId, ProjectId};

/// Every secret of every integration that goes to an address of its own settings, with that address.
fn bound() -> impl Iterator<Item = (&'static Integration, &'static Setting, &'static Setting)> {
    catalogue::ALL.iter().flat_map(|integration| {
        let secrets = integration.settings.iter().filter(|setting| setting.secret);
        secrets.flat_map(move |secret| {
            let addresses = integration
                .settings
                .iter()
                .filter(|setting| setting.binds_secrets);
            let others = addresses.filter(|address| address.name != secret.name);
            others.map(move |address| (*integration, secret, address))
        })
    })
}

/// Saves what is filled in but for one secret, and with one address elsewhere, and fails the test
/// unless that secret is asked for or is not there afterwards.
async fn is_not_taken_along(
    engine: &Arc<Engine>,
    level: Level,
    (integration, secret): (&'static Integration, &Setting),
    address: Option<(&str, &str)>,
) {
    let mut change = filled(integration, "first.test");
    change.fields.remove(secret.name);
    if let Some((name, url)) = address {
        change.fields.insert(name.to_owned(), url.into());
    }
    let setting = format!("{} {}", integration.slug, secret.name);
    match engine
        .save(Actor::system(), level, integration, change)
        .await
    {
        Ok(row) => {
            let values = unseal(integration, &row, &engine.parts.keyring).unwrap();
            assert_eq!(values.secret(secret.name).expose(), "", "{setting}");
        }
        Err(SaveError::Invalid(errors)) => {
            let named = errors.iter().any(|error| error.field == secret.name);
            assert!(named, "{setting}: {errors:?}");
        }
        Err(error) => panic!("{setting}: {error}"),
    }
}

#[tokio::test]
async fn no_secret_goes_to_another_host_at_any_level() {
    for (integration, secret, address) in bound() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder);
        for level in [
            Level::Instance,
            Level::Namespace(NamespaceId(1)),
            Level::Project(ProjectId(1)),
        ] {
            let first = filled(integration, "first.test");
            engine
                .save(Actor::system(), level, integration, first)
                .await
                .unwrap();
            let url = address_in(address, "https://second.test/");
            let elsewhere = Some((address.name, url.as_str()));
            is_not_taken_along(&engine, level, (integration, secret), elsewhere).await;
        }
    }
}

#[tokio::test]
async fn no_secret_of_the_level_above_is_taken_over() {
    let mut tried = 0;
    for integration in catalogue::ALL {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder);
        let secrets = integration.settings.iter().filter(|setting| setting.secret);
        for (number, secret) in (1..).zip(secrets) {
            let first = filled(integration, "first.test");
            let save = engine.save(Actor::system(), Level::Instance, integration, first);
            save.await.unwrap();
            for (id, linked) in [(2 * number, false), (2 * number + 1, true)] {
                let level = Level::Project(ProjectId(id));
                if linked {
                    let inheritance = engine
                        .inherit(Actor::system(), level, integration)
                        .await
                        .unwrap();
                    let holds = inheritance.effective().cloned().unwrap();
                    let values = unseal(integration, &holds, &engine.parts.keyring).unwrap();
                    assert!(
                        !values.secret(secret.name).is_empty(),
                        "it is used from there"
                    );
                }
                is_not_taken_along(&engine, level, (integration, secret), None).await;
            }
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[tokio::test]
async fn a_row_that_inherits_gives_up_its_own_secrets() {
    let level = Level::Project(ProjectId(1));
    let has_secrets =
        |integration: &&&Integration| integration.settings.iter().any(|setting| setting.secret);
    for integration in catalogue::ALL.iter().filter(has_secrets) {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(&folder);
        for level in [Level::Instance, level] {
            let first = filled(integration, "first.test");
            engine
                .save(Actor::system(), level, integration, first)
                .await
                .unwrap();
        }
        let inheritance = engine
            .inherit(Actor::system(), level, integration)
            .await
            .unwrap();
        let own = inheritance.own.unwrap();
        assert!(own.inherits && own.secrets.is_none() && own.fields.is_empty());
    }
}
