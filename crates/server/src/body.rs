//! Reading a request's body, up to a limit.

use crate::error::ApiError;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// Read and thrown away at most, so that a client that is still sending hears the answer
/// instead of a broken connection.
const DRAINED: usize = 100 * 1024 * 1024;

/// The whole body; 413 when it is longer than `limit` bytes.
pub(crate) async fn read(body: &mut Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|_| ApiError::BadRequest("the body ended before it was complete".into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > limit {
            return Err(ApiError::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Reads what is left of a body that is not wanted.
pub(crate) async fn drain(mut body: Body) {
    let mut left = DRAINED;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        assert_eq!(read(&mut Body::from("12345"), 5).await.unwrap(), "12345");
        assert!(matches!(
            read(&mut Body::from("123456"), 5).await,
            Err(ApiError::TooLarge)
        ));
    }
}
