//! Every way in which a tool can fail: what becomes of the delivery, and who is not touched by it.

use super::World;
use super::entry::{self, Entry};
use super::tool::{Behavior, Tool};
use crate::harness::Server;
use catalogue::Deliver;
use jiff::Timestamp;
use sandbox::tls::Identity;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What becomes of the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// it arrives
    Arrives,
    /// it arrives at the second attempt, which waits as long as it was asked to
    ArrivesLater,
    /// it is tried until the schedule ends
    GivenUp,
    /// it fails at once: trying again would not help
    Refused,
    /// the first attempt is the last, and says why, even where what is not there need not be
    Told,
    /// it ends, and says how
    Ends,
}

/// A case: its name, how the tool fails, and what a plan and a conversation make of it, with words
/// that the reason must hold.
type Case = (&'static str, Fault, End, End, &'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Behavior(Behavior),
    /// nobody listens at its port
    Gone,
    /// its certificate is of its own making
    Untrusted,
    /// its certificate is another host's
    Elsewhere,
}

const HTTP: &[Case] = &[
    (
        "good",
        Fault::Behavior(Behavior::Good),
        End::Arrives,
        End::Arrives,
        "",
    ),
    (
        "silent",
        Fault::Behavior(Behavior::Silent),
        End::GivenUp,
        End::GivenUp,
        "timed out after 3 s",
    ),
    (
        "cut",
        Fault::Behavior(Behavior::Cut),
        End::GivenUp,
        End::GivenUp,
        "the connection to",
    ),
    (
        "gone",
        Fault::Gone,
        End::GivenUp,
        End::GivenUp,
        "cannot connect",
    ),
    (
        "untrusted",
        Fault::Untrusted,
        End::GivenUp,
        End::GivenUp,
        "the TLS handshake with",
    ),
    (
        "elsewhere",
        Fault::Elsewhere,
        End::GivenUp,
        End::GivenUp,
        "the TLS handshake with",
    ),
    (
        "401",
        Fault::Behavior(Behavior::Status(401)),
        End::Refused,
        End::Refused,
        "",
    ),
    (
        "404",
        Fault::Behavior(Behavior::Status(404)),
        End::Told,
        End::Ends,
        "",
    ),
    (
        "429",
        Fault::Behavior(Behavior::BusyOnce),
        End::ArrivesLater,
        End::ArrivesLater,
        "",
    ),
    (
        "500",
        Fault::Behavior(Behavior::Status(500)),
        End::GivenUp,
        End::GivenUp,
        "",
    ),
    (
        "page",
        Fault::Behavior(Behavior::Page),
        End::Ends,
        End::GivenUp,
        "",
    ),
    (
        "truncated",
        Fault::Behavior(Behavior::Truncated),
        End::GivenUp,
        End::GivenUp,
        "the connection to",
    ),
    (
        "redirect",
        Fault::Behavior(Behavior::Redirect),
        End::Refused,
        End::Refused,
        "redirects to http://169.254.169.254",
    ),
    (
        "flood",
        Fault::Behavior(Behavior::Flood),
        End::Refused,
        End::Refused,
        "larger than",
    ),
];

const LINES: &[Case] = &[
    (
        "good",
        Fault::Behavior(Behavior::Good),
        End::Arrives,
        End::Arrives,
        "",
    ),
    (
        "silent",
        Fault::Behavior(Behavior::Silent),
        End::GivenUp,
        End::GivenUp,
        "timed out after 3 s",
    ),
    (
        "cut",
        Fault::Behavior(Behavior::Cut),
        End::GivenUp,
        End::GivenUp,
        "the connection to",
    ),
    (
        "gone",
        Fault::Gone,
        End::GivenUp,
        End::GivenUp,
        "cannot connect",
    ),
    (
        "page",
        Fault::Behavior(Behavior::Page),
        End::Refused,
        End::Refused,
        "",
    ),
];

/// Two attempts; a second suffices for a tool that is well, however slow the machine.
pub(super) const SURROUNDINGS: &[(&str, &str)] = &[
    ("CROSSTIE_RETRY_SCHEDULE", "0s,1ms"),
    ("CROSSTIE_OUTBOUND_TIMEOUT", "3s"),
];

#[tokio::test]
async fn whatever_a_tool_does_its_delivery_ends_as_it_should_and_alone() {
    let healthy = Arc::new(entry::all().await);
    let mut running = JoinSet::new();
    // Each trouble has a world of its own: there is one discord.com in it. All have to be there before
    // the first delivery, because a server's start holds up the tools in this process.
    let mut worlds = Vec::new();
    for _ in HTTP {
        let world = World::new().await;
        let server = world.server(SURROUNDINGS);
        worlds.push((Arc::new(world), Arc::new(server)));
    }
    for (&(name, trouble, ..), (world, server)) in HTTP.iter().zip(&worlds) {
        server.project(name, "gitlab").await;
        for (entry, _) in healthy.iter() {
            let cases = if entry.is_http() { HTTP } else { LINES };
            let Some(case) = cases.iter().find(|case| case.1 == trouble) else {
                continue;
            };
            let (server, healthy) = (Arc::clone(server), Arc::clone(&healthy));
            let (world, integration) = (Arc::clone(world), entry.integration);
            running.spawn(async move {
                let name = format!("{}-{name}", integration.slug);
                let entry = troubled(&world, integration, trouble).await;
                let witness = witness(&entry, &healthy);
                run(&server, &name, &entry, witness, case).await;
                witness.is_some()
            });
        }
    }
    let witnessed = running.join_all().await;
    assert!(witnessed.len() > HTTP.len() && witnessed.contains(&true));
}

/// Settings that lead to a tool in trouble.
async fn troubled(
    world: &World,
    integration: &'static catalogue::Integration,
    trouble: Fault,
) -> Entry {
    let identity = match trouble {
        Fault::Behavior(behavior) => {
            let (entry, tool) = Entry::with_tool(integration, behavior).await;
            world.lead(&entry, tool.address);
            return entry;
        }
        Fault::Gone => {
            // Bound and never listening: nobody answers, and nobody else gets the port meanwhile.
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = socket.local_addr().unwrap();
            Box::leak(Box::new(socket));
            let entry = Entry::at(integration, "http", address);
            world.lead(&entry, address);
            return entry;
        }
        Fault::Untrusted => Identity::self_made().unwrap(),
        Fault::Elsewhere => Identity::of("elsewhere.test").unwrap(),
    };
    let (entry, tool) = Entry::with_tool(integration, Behavior::Good).await;
    if let Some(host) = entry.host() {
        world.lead_as(&host, tool.address, identity);
        return entry;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || sandbox::tls::serve(&listener, &identity, b"").unwrap());
    Entry::at(integration, "https", address)
}

/// Another integration with something to do for the same event, whose tool is well.
fn witness<'w>(entry: &Entry, healthy: &'w [(Entry, Tool)]) -> Option<&'w Entry> {
    let event = entry.event();
    let other = |other: &&(Entry, Tool)| {
        other.0.integration.slug != entry.integration.slug
            && other.0.reaches(other.1.address)
            && other.0.acts_on(&event)
    };
    healthy.iter().find(other).map(|other| &other.0)
}

async fn run(server: &Server, name: &str, entry: &Entry, witness: Option<&Entry>, case: &Case) {
    let project = server.project(name, "gitlab").await;
    for entry in [Some(entry), witness].into_iter().flatten() {
        entry.set_up(server, project).await;
    }
    let answer = server
        .hook(&project.to_string(), &entry.event(), name)
        .await;
    assert_eq!(answer.status, 202, "{name}: {}", answer.body);
    let count = 1 + usize::from(witness.is_some());
    let rows = server.settled(project, count).await;
    assert_eq!(rows.len(), count, "{name}: {rows:#?}");
    for row in rows {
        let delivery = server.delivery(&row["id"]).await;
        if row["integration"] == entry.integration.slug {
            judge(name, entry, case, &delivery);
        } else {
            assert_eq!(
                row["status"], "delivered",
                "{name}: the other one is not touched: {delivery:#}"
            );
            assert_eq!(
                delivery["attempts"].as_array().unwrap().len(),
                1,
                "{name}: {delivery:#}"
            );
        }
    }
}

fn judge(name: &str, entry: &Entry, case: &Case, delivery: &Value) {
    let (_, _, of_plan, of_conversation, words) = *case;
    let end = match entry.integration.deliver {
        Some(Deliver::Conversation(_)) => of_conversation,
        _ => of_plan,
    };
    let attempts = delivery["attempts"].as_array().unwrap();
    let reason = delivery["reason"].as_str().unwrap_or_default();
    let seen = (delivery["status"].as_str().unwrap(), attempts.len());
    match end {
        End::Arrives => assert_eq!(seen, ("delivered", 1), "{name}: {delivery:#}"),
        End::ArrivesLater => {
            assert_eq!(seen, ("delivered", 2), "{name}: {delivery:#}");
            let at = |index: usize| {
                attempts[index]["started_at"]
                    .as_str()
                    .unwrap()
                    .parse::<Timestamp>()
                    .unwrap()
            };
            assert!(
                at(1).duration_since(at(0)).as_millis() >= 1_000,
                "{name}: {delivery:#}"
            );
        }
        End::GivenUp => {
            assert_eq!(seen, ("failed", 2), "{name}: {delivery:#}");
            assert!(reason.starts_with("gave up after"), "{name}: {reason}");
        }
        End::Refused => assert_eq!(seen, ("failed", 1), "{name}: {delivery:#}"),
        End::Told => assert_eq!(seen.1, 1, "{name}: {delivery:#}"),
        End::Ends => assert!(seen.0 != "pending", "{name}: {delivery:#}"),
    }
    if seen.0 != "delivered" || end == End::Told {
        let says_what = reason.split_whitespace().count() >= 4 && reason.contains(words);
        assert!(says_what, "{name}: the reason says too little: {reason:?}");
    }
}
