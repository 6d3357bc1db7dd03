//! How a websocket begins: the request of HTTP that asks for it, who may ask, and which of our dialects it is to carry.
//!
//! Owns the subprotocols. What follows the handshake is the [`super::door::WebDoor`]'s to read.

use super::origin::Names;
use async_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use async_tungstenite::tungstenite::http::header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use async_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use async_tungstenite::tungstenite::protocol::WebSocketConfig;
use futures_io::{AsyncRead, AsyncWrite};
use hobnob_machine::wire::web::ASKED_BYTES_MAX;
use hobnob_spec::profile::Dialect;

/// The subprotocols, the first of which is spoken with who names none. The number is that of the messages' version.
pub const SUBPROTOCOLS: [(&str, Dialect); 2] =
    [("hobnob.1.json", Dialect::WebText), ("hobnob.1.msgpack", Dialect::WebBinary)];
/// How much is read at once.
const READ_BYTES: usize = 4 << 10;

/// The bounds of every websocket.
pub(super) fn bounds() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(ASKED_BYTES_MAX)
        .max_message_size(Some(ASKED_BYTES_MAX))
        .max_frame_size(Some(ASKED_BYTES_MAX))
}

/// Answers the request with which a websocket begins. Returns the connection, and which dialect its messages carry;
/// `None` where it was refused, which the peer has been told.
pub(crate) async fn shake_hands<S>(stream: S, names: &Names) -> Option<(S, Dialect)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut dialect = None;
    #[expect(clippy::result_large_err, reason = "the library's callback refuses with a whole response")]
    let answer = |request: &Request, response: Response| answer(request, response, names, &mut dialect);
    let socket = async_tungstenite::accept_hdr_async_with_config(stream, answer, Some(bounds())).await;
    match socket {
        Ok(socket) => Some((socket.into_inner(), dialect?)),
        Err(error) => {
            tracing::debug!("a websocket did not come to be: {error}");
            None
        }
    }
}

#[expect(clippy::result_large_err, reason = "the library's callback refuses with a whole response")]
fn answer(
    request: &Request,
    mut response: Response,
    names: &Names,
    dialect: &mut Option<Dialect>,
) -> Result<Response, ErrorResponse> {
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    names.admit(header(HOST), header(ORIGIN)).map_err(|why| refusal(StatusCode::FORBIDDEN, why))?;
    let wanted = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let wanted: Vec<&str> = wanted.flat_map(|value| value.split(',')).map(str::trim).collect();
    if wanted.is_empty() {
        *dialect = Some(SUBPROTOCOLS[0].1);
        return Ok(response);
    }
    let spoken = wanted.iter().find_map(|wanted| SUBPROTOCOLS.iter().find(|(name, _)| name == wanted));
    let Some((name, spoken)) = spoken else {
        return Err(refusal(StatusCode::BAD_REQUEST, "The subprotocols are hobnob.1.json and hobnob.1.msgpack."));
    };
    *dialect = Some(*spoken);
    response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(name));
    Ok(response)
}

fn refusal(status: StatusCode, why: &str) -> ErrorResponse {
    let mut refusal = ErrorResponse::new(Some(format!("{why}\n")));
    *refusal.status_mut() = status;
    refusal
}
