//! The live audio of a server: where switches send their copies of calls, and where browsers hear them.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;

use alongside_media::calls::{By, Calls};
use alongside_media::captions::{Captions, Scribe, Server as CaptionServer};
use alongside_media::forward::{Listening, Settings, tap};
use alongside_media::siprec::{Policy, Server, ServerSettings, Tls, TlsFiles};
use alongside_web::rooms::listening::{Ears, NamedBy};
use anyhow::{Context, Result};

/// Calls recorded to us at one time (D): a force's busiest room has some dozens.
const MOST_SESSIONS: usize = 500;

/// What a server may be told of live audio.
#[derive(clap::Args)]
#[group(id = "audio")]
#[command(group(clap::ArgGroup::new("way").args(["sip", "sip_tls"]).multiple(true)))]
pub struct Options {
    /// Where switches record to us by SIPREC, by UDP and TCP: an address of this machine. Without it and --sip-tls nobody can
    /// listen.
    #[arg(long, value_name = "ADDRESS", requires = "switch")]
    sip: Option<SocketAddr>,
    /// A switch that may; once for each. From any other address nothing is read.
    #[arg(long, value_name = "IP", requires = "way")]
    switch: Vec<IpAddr>,
    /// Where they do so by TLS, beside --sip or in its place; they have to show a certificate.
    #[arg(long, value_name = "ADDRESS", requires_all = ["switch", "sip_cert", "sip_key", "sip_ca", "sip_name"])]
    sip_tls: Option<SocketAddr>,
    /// Our certificate, and those between it and one that switches trust: a PEM file.
    #[arg(long, value_name = "FILE", requires = "sip_tls")]
    sip_cert: Option<PathBuf>,
    /// Its private key: a PEM file.
    #[arg(long, value_name = "FILE", requires = "sip_tls")]
    sip_key: Option<PathBuf>,
    /// The authority that signs the switches' certificates: a PEM file.
    #[arg(long, value_name = "FILE", requires = "sip_tls")]
    sip_ca: Option<PathBuf>,
    /// A host name or address that a switch's certificate may bear; once for each.
    #[arg(long, value_name = "NAME", requires = "sip_tls")]
    sip_name: Vec<String>,
    /// The calls' audio may come from any host, and not only from the one that the switch's offer names.
    #[arg(long, requires = "way")]
    audio_from_elsewhere: bool,
    /// Where a switch writes the id of a call that the feed's `call.started` tells: uui, session-id, group-id, emergency-call-id,
    /// emergency-incident-id, sip-call-id or extension:NAME (extension data); several with commas. Unless given: every one that
    /// may name a call.
    #[arg(long, value_name = "PLACE", requires = "way", value_delimiter = ',')]
    call_id: Vec<By>,
    /// Where it writes the reference of the call's log, said in the same way. Unless given: emergency-incident-id.
    #[arg(long, value_name = "PLACE", requires = "way", value_delimiter = ',')]
    log_id: Vec<By>,
    /// Ports at which the calls' audio arrives, on the address of --sip or --sip-tls: even ones are used, all below 32768.
    #[arg(long, value_name = "FROM-TO", default_value = "20000-23999", value_parser = ports)]
    rtp_ports: RangeInclusive<u16>,
    /// Where browsers hear: one UDP port. Port 8998 on the address of --sip or --sip-tls, unless given.
    #[arg(long, value_name = "ADDRESS", requires = "way")]
    hear: Option<SocketAddr>,
    /// The same as browsers reach it, where this machine knows itself by another address.
    #[arg(long, value_name = "ADDRESS", requires = "way")]
    hear_as: Option<SocketAddr>,
    /// Where a machine writes what is said on calls that somebody listens to: a Whisper-compatible server by plain HTTP on this
    /// machine or its private network, by its address (http://127.0.0.1:8080). Off without it.
    #[arg(long, value_name = "URL", requires = "way")]
    captions: Option<String>,
    /// The model that it is asked for.
    #[arg(long, value_name = "NAME", requires = "captions", default_value = "whisper-1")]
    captions_model: String,
}

/// Where the calls' audio arrives, unless it is said.
const RTP_PORTS: RangeInclusive<u16> = 20_000..=23_999;

impl Options {
    /// Everything on one machine, at ports that are free, for its own programs alone.
    pub fn on_this_machine(here: IpAddr) -> Self {
        let any = SocketAddr::new(here, 0);
        Self {
            sip: Some(any),
            switch: vec![here],
            sip_tls: None,
            sip_cert: None,
            sip_key: None,
            sip_ca: None,
            sip_name: Vec::new(),
            audio_from_elsewhere: false,
            call_id: Vec::new(),
            log_id: Vec::new(),
            rtp_ports: RTP_PORTS,
            hear: Some(any),
            hear_as: None,
            captions: None,
            captions_model: String::new(),
        }
    }

    /// Where the ids of calls and logs stand.
    fn named_by(&self) -> NamedBy {
        let given = |given: &[By], unless: Vec<By>| if given.is_empty() { unless } else { given.to_vec() };
        let unless = NamedBy::default();
        NamedBy { call: given(&self.call_id, unless.call), log: given(&self.log_id, unless.log) }
    }

    /// The port for TLS, when every part of it is given: clap asks for all or none.
    fn tls(&self) -> Result<Option<Tls>> {
        let (Some(address), Some(certificate), Some(key), Some(ca)) =
            (self.sip_tls, &self.sip_cert, &self.sip_key, &self.sip_ca)
        else {
            return Ok(None);
        };
        let (certificate, key, ca) = (certificate.clone(), key.clone(), ca.clone());
        Ok(Some(Tls::read(address, &TlsFiles { certificate, key, ca, names: self.sip_name.clone() })?))
    }
}

/// Reads `20000-23999` for clap.
fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let port = |text: &str| text.trim().parse::<u16>().map_err(|_| format!("{text} is no port"));
    let (from, to) = text.split_once('-').ok_or("not two ports such as 20000-23999")?;
    Ok(port(from)?..=port(to)?)
}

/// The running audio. Dropping it ends every recording session.
pub struct Audio {
    /// What the pages hear by.
    pub ears: Ears,
    server: Server,
}

impl Audio {
    /// Where switches reach it by UDP and TCP, if they may.
    pub fn sip(&self) -> Option<SocketAddr> {
        self.server.plain()
    }

    /// Where switches reach it, as they are told: `sip:192.0.2.5:5060`, say.
    pub fn ways(&self) -> Vec<String> {
        let plain = self.server.plain().map(|address| format!("sip:{address}"));
        let tls = self.server.tls().map(|address| format!("sip:{address};transport=tls"));
        plain.into_iter().chain(tls).collect()
    }
}

/// Starts it, where it is asked for.
///
/// # Errors
/// When a port cannot be had.
pub fn start(options: &Options) -> Result<Option<Audio>> {
    let Some(here) = options.sip.or(options.sip_tls).map(|address| address.ip()) else { return Ok(None) };
    let tls = options.tls().context("switches cannot be listened to by TLS")?;
    let writer = options.captions.as_deref().map(|url| CaptionServer::at(url, &options.captions_model));
    let writer = writer.transpose().context("captions cannot be written there")?;
    let settings = Settings {
        listeners: options.hear.unwrap_or_else(|| SocketAddr::new(here, 8998)),
        advertised: options.hear_as,
        rtp: here,
        rtp_ports: options.rtp_ports.clone(),
    };
    let (tell, noticed) = channel();
    let listening = Arc::new(Listening::start(&settings, tell).context("live audio cannot be started")?);
    let calls = Calls::new().context("live audio cannot be started")?;
    let any_source = options.audio_from_elsewhere;
    let policy = Policy { allowed: options.switch.clone(), media: here, any_source, most_sessions: MOST_SESSIONS };
    let settings = ServerSettings { plain: options.sip, tls, policy };
    let server =
        Server::start(&settings, calls.clone(), Arc::clone(&listening)).context("switches cannot be listened to")?;
    let ears = Ears::new(listening, noticed, calls, options.named_by());
    if let Some(writer) = writer {
        let ((tap, tapping), captions) = (tap(), Captions::default());
        Scribe::start(writer, tapping, captions.clone()).context("captions cannot be written")?;
        ears.caption(tap, captions).context("live audio has ended")?;
    }
    Ok(Some(Audio { ears, server }))
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use alongside_web::rooms::listening::Standing;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        audio: Options,
    }

    fn read(words: &[&str]) -> Result<Options, clap::Error> {
        Line::try_parse_from([&["serve"], words].concat()).map(|line| line.audio)
    }

    #[test]
    fn audio_is_off_unless_an_address_and_a_switch_are_named() {
        assert!(start(&read(&[]).expect("nothing")).expect("no port is wanted").is_none());
        assert!(read(&["--sip", "127.0.0.1:0"]).is_err(), "from whom?");
        assert!(read(&["--switch", "127.0.0.1"]).is_err(), "to where?");
        let files = ["--sip-cert", "a.pem", "--sip-key", "b.pem", "--sip-ca", "c.pem"];
        let secure = ["--sip-tls", "127.0.0.1:0", "--switch", "127.0.0.1"];
        assert!(read(&[&secure[..], &files].concat()).is_err(), "a certificate of what name?");
        assert!(read(&[&secure[..], &files[..4], &["--sip-name", "a.example"]].concat()).is_err(), "signed by whom?");
        assert!(read(&files).is_err(), "to where?");
        let whole = read(&[&secure[..], &files, &["--sip-name", "a.example"]].concat()).expect("options");
        assert!(start(&whole).is_err(), "there is no such file");
        for wrong in ["20000", "a-b", "1-70000"] {
            assert!(read(&["--rtp-ports", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn where_a_switch_writes_the_ids_of_calls_and_logs_is_said_by_the_force() {
        let switch = ["--sip", "127.0.0.1:0", "--switch", "127.0.0.1"];
        let said = ["--call-id", "session-id,extension:cadNumber", "--log-id", "uui"];
        let named_by = read(&[switch, said].concat()).expect("options").named_by();
        assert_eq!(named_by.call, [By::SessionId, By::Extension("cadNumber".to_owned())]);
        assert_eq!(named_by.log, [By::Uui]);
        let unless = read(&switch).expect("options").named_by();
        assert_eq!((unless.call.len(), unless.log), (5, vec![By::EmergencyIncidentId]));
        assert!(read(&[&switch[..], &["--call-id", "cad"]].concat()).is_err(), "no such place");
        assert!(read(&said).is_err(), "of no switch");
    }

    #[test]
    fn captions_are_off_unless_an_address_of_this_site_is_given_and_need_a_switch() {
        let switch = ["--sip", "127.0.0.1:0", "--switch", "127.0.0.1", "--hear", "127.0.0.1:0"];
        let captions = |url| [&switch[..], &["--captions", url]].concat();
        assert!(read(&["--captions", "http://127.0.0.1:8080"]).is_err(), "of which calls?");
        assert!(read(&[&switch[..], &["--captions-model", "small"]].concat()).is_err(), "of which server?");
        let without = start(&read(&switch).expect("options")).expect("ports").expect("it was asked for");
        assert!(without.ears.captions().is_none());
        let with = start(&read(&captions("http://127.0.0.1:8080")).expect("options")).expect("ports");
        assert!(with.expect("it was asked for").ears.captions().is_some());
        let elsewhere = start(&read(&captions("http://203.0.113.9:8080")).expect("options")).err().expect("refused");
        assert!(format!("{elsewhere:#}").contains("the audio of a call does not leave the site"), "{elsewhere:#}");
    }

    #[test]
    fn a_named_switch_is_answered() {
        let words = ["--sip", "127.0.0.1:0", "--switch", "127.0.0.1", "--hear", "127.0.0.1:0"];
        let options = read(&[&words[..], &["--rtp-ports", "24000-24099"]].concat()).expect("options");
        let audio = start(&options).expect("ports").expect("it was asked for");
        assert_eq!(audio.ears.standing(), Standing::Runs);
        let switch = UdpSocket::bind("127.0.0.1:0").expect("a port");
        switch.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
        let here = switch.local_addr().expect("an address");
        let ask = format!(
            "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKping\r\nMax-Forwards: 70\r\n\
             From: <sip:switch@{here}>;tag=1\r\nTo: <sip:{to}>\r\nCall-ID: ping@example\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n",
            to = audio.server.plain().expect("it was asked for")
        );
        switch.send_to(ask.as_bytes(), audio.server.plain().expect("it was asked for")).expect("sent");
        let mut answer = [0; 2048];
        let length = switch.recv(&mut answer).expect("an answer");
        assert!(answer[..length].starts_with(b"SIP/2.0 200"), "{:?}", String::from_utf8_lossy(&answer[..length]));
    }
}
