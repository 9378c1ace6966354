//! Readers: a few connections that see the last commit and wait for nobody.

use super::connection::{Access, Connection};
use crate::StoreError;
use crate::store::Job;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Connections that read at the same time.
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
                    StoreError::Unavailable(format!("no thread to read with: {error}"))
                })?;
        }
        Ok(Self { jobs })
    }

    pub(super) fn submit(&self, job: Box<dyn Job>) {
        // Fails only when the threads are gone; dropping the job tells its owner.
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
        let begun = connection.plain("BEGIN");
        // Its answer carries its error.
        let _ = job.run(&mut connection);
        let ended = connection.plain("COMMIT");
        job.end(begun.and(ended));
    }
}
