//! Reading a request's body, up to a limit.

use crate::error::ApiError;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use std::time::Duration;
use tokio::time::timeout;

/// Read and thrown away at most, so that a client that is still sending hears the answer
/// instead of a broken connection.
const DRAINED: usize = 100 * 1024 * 1024;

/// Room made at first for a body that comes in pieces, whatever length it says it has.
const RESERVED: usize = 256 * 1024;

/// How long a client may pause in the middle of a body.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole body; 413 when it is longer than `limit` bytes, 408 when no more of it comes.
pub(crate) async fn read(body: &mut Body, limit: usize) -> Result<Bytes, ApiError> {
    read_within(body, limit, PATIENCE).await
}

async fn read_within(body: &mut Body, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
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
            whole.reserve(expected.min(RESERVED));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Reads what is left of a body that is not wanted, for a while.
pub(crate) async fn drain(mut body: Body) {
    let all = async {
        let mut left = DRAINED;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    // Who is slower than that does not hear the answer.
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

    /// A body that comes in these pieces, and says it is so long.
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
    async fn a_body_is_whole_however_it_comes_and_whatever_length_it_says() {
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

    /// A body of which nothing comes.
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
    async fn a_body_that_does_not_come_is_not_waited_for_for_ever() {
        let patience = Duration::from_millis(20);
        let error = read_within(&mut Body::new(Silent), 5, patience).await;
        assert!(matches!(error, Err(ApiError::Timeout)));
    }
}
