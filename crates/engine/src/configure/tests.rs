//! Secrets stay with the host they were entered for: for every integration that has both.

use super::*;
use crate::{Metrics, Parts, retry::Schedule};
use catalogue::Setting;
use model::{Clock, Random};
use outbound::{AllowList, Limits, Outbound};
use store::{Keyring, Sqlite, Store};

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

impl Random for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

pub(super) fn engine(folder: &tempfile::TempDir) -> Arc<Engine> {
    let database = Sqlite::open(&folder.path().join("t.db")).unwrap();
    Engine::new(Parts {
        store: Store::new(Arc::new(database)),
        keyring: Arc::new(Keyring::new(&"k".repeat(32)).unwrap()),
        outbound: Outbound::new(AllowList::default(), Limits::default()),
        clock: Arc::new(Still),
        random: Arc::new(Still),
        schedule: Schedule::default(),
        external_url: "https://crosstie.test".into(),
        metrics: Metrics::new().unwrap(),
    })
}

/// A value for every setting that takes free text; addresses on that host.
fn filled(settings: &[Setting], host: &str) -> Change {
    let value = |setting: &Setting| match setting.kind {
        Kind::Url => Some(format!("https://{host}/{}", setting.name)),
        _ if setting.secret => Some(format!("secret of {}", setting.name)),
        Kind::Text if setting.required || setting.name == "username" => Some("text".to_owned()),
        _ => None,
    };
    let fields = settings
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
            let level = Level::Project(tried);
            let save = |change| engine.save(level, integration, change);
            save(filled(integration.settings, "first.test"))
                .await
                .unwrap();
            let row = save(only(address.name, "https://first.test/elsewhere"))
                .await
                .unwrap();
            let values = unseal(integration, &row, &engine.parts.keyring).unwrap();
            assert_eq!(
                values.secret(secret.name).expose(),
                format!("secret of {}", secret.name)
            );

            for other in [
                "https://second.test/",
                "https://first.test:8443/",
                "http://first.test/",
            ] {
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
            assert_eq!(
                read.await.unwrap().unwrap().fields[address.name],
                "https://first.test/elsewhere"
            );
            tried += 1;
        }
    }
    assert!(tried > 0);
}
