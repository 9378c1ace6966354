//! What holds for every integration of the catalogue, whichever it is: a new one is covered by
//! being declared. There is no list here; cases follow from what an entry says of itself.

mod entry;
mod events;
mod hostile;
mod secrets;
mod tool;
mod trouble;
mod world;

pub(crate) use entry::{Entry, all, mail_input, senders, values};
pub(crate) use hostile::{ended_in_words, previews};
pub(crate) use world::World;

use tool::Tool;
