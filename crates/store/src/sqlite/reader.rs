//! Connections that read the last commit, concurrently with the writer.

use super::connection::{Access, Connection};
use crate::store::Job;
use crate::{Reason, StoreError};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The number of connections.
const READERS: usize = 4;

pub(super) struct Readers {
    jobs: Sender<Box<dyn Job>>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 1..=READERS {
            let connection = Connection::open(path, Access::Read)?;
            let waiting = Arc::clone(&waiting);
            thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || serve(connection, &waiting))
                .map_err(|error| {
                    StoreError::Unavailable(Reason::new("a reader thread cannot be started", error))
                })?;
        }
        Ok(Self { jobs })
    }

    pub(super) fn submit(&self, job: Box<dyn Job>) {
        // Fails only when the threads are gone; dropping the job returns an error to its caller.
        let _ = self.jobs.send(job);
    }
}

fn serve(mut connection: Connection, waiting: &Mutex<Receiver<Box<dyn Job>>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(mut job) = next else { return };
        let started = connection.plain("BEGIN");
        // The result contains the error.
        let _ = job.run(&mut connection);
        let ended = connection.plain("COMMIT");
        job.end(started.and(ended));
    }
}
