//! Reading a request's body, up to a limit.

use crate::error::ApiError;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The maximum read and discarded, in bytes, so that a client that is still sending gets the
/// response instead of a broken connection.
const MAX_DRAINED: usize = 100 * 1024 * 1024;

/// Bytes reserved at first for a body that comes in pieces, whatever its declared length.
const RESERVED: usize = 256 * 1024;

/// How long a client may pause in the middle of a body.
const PATIENCE: Duration = Duration::from_secs(30);

/// The maximum of all unverified bodies in memory at one time, in bytes.
const MAX_UNVERIFIED: usize = 128 * 1024 * 1024;

/// Bodies up to this size, in bytes, need no reservation: nearly all are smaller.
const SMALL: usize = 64 * 1024;

/// The whole body; 413 when it is longer than `limit` bytes, 408 when the client stops sending.
pub(crate) async fn read(body: &mut Body, limit: usize) -> Result<Bytes, ApiError> {
    read_within(body, limit, PATIENCE).await
}

/// Limits the memory for bodies that must be read before their origin can be verified.
pub(crate) struct UnverifiedBodies {
    /// one permit per byte
    free: Semaphore,
    /// how long one body may take, so that a slow sender cannot block the others for long
    patience: Duration,
}

impl Default for UnverifiedBodies {
    fn default() -> Self {
        Self {
            free: Semaphore::new(MAX_UNVERIFIED),
            patience: Duration::from_secs(60),
        }
    }
}

impl UnverifiedBodies {
    /// [`read`], after waiting for room: refusing would lose the event, because some hosts never
    /// send it again. Hold the permit until the origin is verified.
    pub(crate) async fn read(
        &self,
        body: &mut Body,
        limit: usize,
    ) -> Result<(Bytes, Option<SemaphorePermit<'_>>), ApiError> {
        let declared = body.size_hint().upper();
        let declared = declared.and_then(|size| usize::try_from(size).ok());
        let size = declared.map_or(limit, |size| size.min(limit));
        let permit = if size > SMALL {
            let permits = u32::try_from(size).unwrap_or(u32::MAX);
            self.free.acquire_many(permits).await.ok()
        } else {
            None
        };
        let bytes = timeout(self.patience, read(body, limit)).await;
        Ok((bytes.map_err(|_| ApiError::Timeout)??, permit))
    }
}

async fn read_within(body: &mut Body, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    while let Some(frame) = timeout(patience, body.frame())
        .await
        .map_err(|_| ApiError::Timeout)?
    {
        let frame = frame
            .map_err(|_| ApiError::BadRequest("the body ended before it was complete".into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > limit {
            return Err(ApiError::TooLarge);
        }
        if whole.is_empty() {
            // Most bodies come in one piece.
            if body.is_end_stream() {
                return Ok(data);
            }
            whole.reserve(declared.min(RESERVED));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Reads and discards the rest of a body, for a limited time.
pub(crate) async fn drain(mut body: Body) {
    let all = async {
        let mut left = MAX_DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    // A client slower than that gets a broken connection.
    let _ = timeout(PATIENCE, all).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::body::{Frame, SizeHint};
    use std::pin::Pin;
    use std::task::{Context, Poll};

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        assert_eq!(read(&mut Body::from("12345"), 5).await.unwrap(), "12345");
        assert!(matches!(
            read(&mut Body::from("123456"), 5).await,
            Err(ApiError::TooLarge)
        ));
    }

    /// A body that comes in these pieces, and declares that length.
    struct Pieces(Vec<&'static str>, u64);

    impl hyper::body::Body for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(next.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_empty()
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.1)
        }
    }

    #[tokio::test]
    async fn a_body_in_pieces_is_whole_whatever_length_it_declares() {
        for length in [0, 3, 6, u64::MAX] {
            for pieces in [
                vec!["abcdef"],
                vec!["", "abc", "", "def"],
                vec!["abcdef", ""],
            ] {
                let mut body = Body::new(Pieces(pieces.clone(), length));
                let whole = read(&mut body, 6).await.unwrap();
                assert_eq!(whole, "abcdef", "{pieces:?} {length}");
                let mut body = Body::new(Pieces(pieces.clone(), length));
                let error = read(&mut body, 5).await;
                assert!(matches!(error, Err(ApiError::TooLarge)), "{pieces:?}");
            }
        }
    }

    /// A body that sends nothing.
    struct Silent;

    impl hyper::body::Body for Silent {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_client_that_sends_nothing_times_out() {
        let patience = Duration::from_millis(20);
        let error = read_within(&mut Body::new(Silent), 5, patience).await;
        assert!(matches!(error, Err(ApiError::Timeout)));
    }

    #[tokio::test]
    async fn large_unverified_bodies_wait_for_each_other_and_small_ones_do_not() {
        let bodies = UnverifiedBodies {
            free: Semaphore::new(SMALL + 1),
            ..UnverifiedBodies::default()
        };
        let large = || Body::from(vec![0; SMALL + 1]);
        let limit = 2 * SMALL;
        let (bytes, reserved) = bodies.read(&mut large(), SMALL + 1).await.unwrap();
        assert!(bytes.len() == SMALL + 1 && reserved.is_some());
        let mut second = large();
        let soon = Duration::from_millis(20);
        assert!(
            timeout(soon, bodies.read(&mut second, limit))
                .await
                .is_err()
        );
        let (_, none) = bodies.read(&mut Body::from("ping"), limit).await.unwrap();
        assert!(none.is_none());
        drop(reserved);
        assert_eq!(bodies.read(&mut second, limit).await.unwrap().0, bytes);
    }

    #[tokio::test]
    async fn an_unverified_body_of_unknown_length_reserves_the_limit_for_a_limited_time() {
        let bodies = UnverifiedBodies {
            patience: Duration::from_millis(20),
            ..UnverifiedBodies::default()
        };
        let limit = MAX_UNVERIFIED / 2 + 1;
        let mut silent = Body::new(Silent);
        let silent = bodies.read(&mut silent, limit);
        let mut waiting = Body::new(Pieces(vec!["late"], limit as u64));
        let waiting = bodies.read(&mut waiting, limit);
        let (silent, waiting) = tokio::join!(silent, waiting);
        assert!(matches!(silent, Err(ApiError::Timeout)));
        assert_eq!(waiting.unwrap().0, "late");
    }
}
