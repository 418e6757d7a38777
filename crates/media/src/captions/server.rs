//! The program that turns speech into words: any that speaks the transcription request of OpenAI's interface, on this site.
//!
//! The audio of a call leaves neither the machine nor the private network that it is on: the server is named by its address, since a
//! name may be looked up elsewhere tomorrow; no proxy of the environment is asked, and no redirection followed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ureq::Agent;

/// So long a server may take for one utterance (D). Those that say more than is written meanwhile wait behind it.
pub const TIMEOUT: Duration = Duration::from_secs(20);
/// An answer of some seconds of speech is far below this.
const MOST_BYTES: u64 = 64 << 10;
/// A recogniser that repeats itself is cut off here.
const MOST_CHARACTERS: usize = 1_000;
/// Where the request goes unless the address says.
const PATH: &str = "/v1/audio/transcriptions";
/// What whisper.cpp writes where it hears nothing.
const NOTHING: &str = "[BLANK_AUDIO]";

/// Why an address is no caption server's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no plain HTTP address.
    #[error(
        "{0} is no address such as http://127.0.0.1:8080: plain HTTP, with no name, password, question or fragment in it"
    )]
    Form(String),
    /// A name may be looked up elsewhere tomorrow.
    #[error("{0} is a name, and names may point elsewhere tomorrow: give the address itself, or localhost")]
    Name(String),
    /// It is not on this site.
    #[error("{0} is neither this machine nor on a private network: the audio of a call does not leave the site")]
    Elsewhere(IpAddr),
}

/// Why an utterance has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// No answer in time, or none at all.
    #[error("the caption server does not answer")]
    Silent,
    /// It answered something other than words.
    #[error("the caption server answers, and not with words")]
    Unfit,
}

/// A caption server that can be asked.
#[derive(Debug)]
pub struct Server {
    url: String,
    model: String,
    agent: Agent,
}

impl Server {
    /// The server at an address, asked for a model by name: `http://127.0.0.1:8080`, or with a path of its own
    /// (`http://127.0.0.1:8080/inference`).
    ///
    /// # Errors
    /// When it is not on this site, or no address.
    pub fn at(url: &str, model: &str) -> Result<Self, AddressError> {
        Self::patient(url, model, TIMEOUT)
    }

    /// The same with another patience.
    ///
    /// # Errors
    /// As [`Server::at`].
    pub fn patient(url: &str, model: &str, timeout: Duration) -> Result<Self, AddressError> {
        let form = || AddressError::Form(url.to_owned());
        let rest = url.strip_prefix("http://").ok_or_else(form)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_plain = |c: char| c.is_ascii_graphic() && !"?#\"<>\\^`{|}".contains(c);
        if host.contains('@') || host.is_empty() || !rest.chars().all(is_plain) {
            return Err(form());
        }
        let address = address(host).ok_or_else(|| AddressError::Name(host.to_owned()))?;
        if !is_here(address.ip()) {
            return Err(AddressError::Elsewhere(address.ip()));
        }
        let path = if matches!(path, "" | "/") { PATH } else { path };
        let agent = Agent::config_builder()
            .timeout_global(Some(timeout))
            // A server may close what it is done with at any moment: no utterance is lost on a connection that has gone.
            .max_idle_connections(0)
            .max_redirects(0)
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Self { url: format!("http://{address}{path}"), model: model.to_owned(), agent })
    }

    /// The words of a WAV file; none where it holds none.
    ///
    /// # Errors
    /// When the server gives none in time.
    pub fn words(&self, wav: &[u8]) -> Result<String, AskError> {
        let boundary = boundary().ok_or(AskError::Silent)?;
        let kind = format!("multipart/form-data; boundary={boundary}");
        let body = self.form(&boundary, wav);
        let sent = self.agent.post(&self.url).header("content-type", kind).send(&body[..]);
        let mut answer = sent.map_err(|_| AskError::Silent)?;
        if answer.status() != 200 {
            return Err(AskError::Unfit);
        }
        let read = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let text = read.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(_) => AskError::Unfit,
            _ => AskError::Silent,
        })?;
        let answer: serde_json::Value = serde_json::from_slice(&text).map_err(|_| AskError::Unfit)?;
        let words = answer.get("text").and_then(serde_json::Value::as_str).ok_or(AskError::Unfit)?;
        Ok(plain(words))
    }

    /// The form: the file first (RFC 7578).
    fn form(&self, boundary: &str, wav: &[u8]) -> Vec<u8> {
        let field = |name: &str, value: &str| {
            format!("\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
        };
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\nContent-Type: \
             audio/wav\r\n\r\n"
        )
        .into_bytes();
        body.extend(wav);
        body.extend(field("model", &self.model).bytes());
        body.extend(field("response_format", "json").bytes());
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        body
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`, `localhost`; the port is 80 unless it is said.
fn address(host: &str) -> Option<SocketAddr> {
    if let Some(rest) = host.strip_prefix("localhost") {
        let port = if rest.is_empty() { 80 } else { rest.strip_prefix(':')?.parse().ok()? };
        return Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port));
    }
    let bare = || host.trim_start_matches('[').trim_end_matches(']').parse().ok().map(|ip| SocketAddr::new(ip, 80));
    host.parse().ok().or_else(bare)
}

/// This machine (RFC 1122, RFC 4291), or a private network (RFC 1918, RFC 4193).
fn is_here(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// What no audio holds.
fn boundary() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Words in one line, without what is no character of a text.
fn plain(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().filter(|c| !c.is_control()).take(MOST_CHARACTERS).collect();
    if words == NOTHING { String::new() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_this_site_is_taken() {
        let url = |url: &str| Server::at(url, "m").map(|server| server.url);
        for (given, asked) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/audio/transcriptions"),
            ("http://localhost:8080/", "http://127.0.0.1:8080/v1/audio/transcriptions"),
            ("http://localhost", "http://127.0.0.1:80/v1/audio/transcriptions"),
            ("http://10.4.0.9:8000/inference", "http://10.4.0.9:8000/inference"),
            ("http://172.31.0.1", "http://172.31.0.1:80/v1/audio/transcriptions"),
            ("http://[::1]:8080", "http://[::1]:8080/v1/audio/transcriptions"),
            ("http://[fd00::5]", "http://[fd00::5]:80/v1/audio/transcriptions"),
        ] {
            assert_eq!(url(given).as_deref(), Ok(asked));
        }
        for elsewhere in
            ["203.0.113.9", "172.32.0.1", "169.254.169.254", "0.0.0.0", "[2001:db8::1]", "[::ffff:203.0.113.9]"]
        {
            assert!(matches!(url(&format!("http://{elsewhere}:80/x")), Err(AddressError::Elsewhere(_))), "{elsewhere}");
        }
        for name in ["captions.example", "127.0.0.1.example", "localhost.example", "localhost:x", "127.1"] {
            assert!(matches!(url(&format!("http://{name}")), Err(AddressError::Name(_))), "{name}");
        }
        for wrong in [
            "https://127.0.0.1",
            "127.0.0.1",
            "http://",
            "http://a@127.0.0.1",
            "http://127.0.0.1/?x",
            "http://127.0.0.1/a b",
        ] {
            assert!(matches!(url(wrong), Err(AddressError::Form(_))), "{wrong}");
        }
        assert_eq!(
            url("http://203.0.113.9").map_err(|error| error.to_string()),
            Err(
                "203.0.113.9 is neither this machine nor on a private network: the audio of a call does not leave the \
                 site"
                    .to_owned()
            )
        );
    }

    #[test]
    fn words_are_one_line_of_text_and_a_note_of_silence_is_none() {
        assert_eq!(plain("  He is\n outside.\u{7} "), "He is outside.");
        assert_eq!(plain(" [BLANK_AUDIO]\n"), "");
        assert_eq!(plain(&"no ".repeat(2_000)).chars().count(), MOST_CHARACTERS);
    }
}
