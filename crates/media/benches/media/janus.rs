//! The peer: Debian's Janus with its streaming plugin, a mountpoint a stream, told what to do by its HTTP interface.

use std::fs;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use str0m::Rtc;
use str0m::change::SdpOffer;
use tempfile::TempDir;

use crate::Result;
use crate::server::{Server, pinned};

/// Above ours, and below the ports that the kernel gives away by itself.
const FIRST_PORT: u16 = 28_672;

pub struct Janus {
    child: Child,
    ports: Vec<u16>,
    agent: ureq::Agent,
    session: String,
    _folder: TempDir,
}

impl Janus {
    /// Starts it with so many mountpoints and without anything that is not asked of it here.
    pub fn start(address: IpAddr, streams: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let ports: Vec<u16> = (0..streams).map(|stream| FIRST_PORT + 2 * stream as u16).collect();
        // A port that is free now; nobody else starts anything here.
        let http = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        configure(folder.path(), address, http, &ports)?;
        let child = pinned("janus")
            .arg(format!("--configs-folder={}", folder.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let latest = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", http)).is_err() {
            if Instant::now() > latest {
                return Err("Janus does not answer. To get it: sudo apt-get install janus".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut janus = Self {
            child,
            ports,
            agent: ureq::Agent::new_with_defaults(),
            session: format!("http://127.0.0.1:{http}/janus"),
            _folder: folder,
        };
        let id = janus.ask("", &json!({ "janus": "create" }))?["data"]["id"].clone();
        janus.session = format!("{}/{id}", janus.session);
        Ok(janus)
    }

    fn ask(&self, to: &str, what: &Value) -> Result<Value> {
        let mut what = what.clone();
        what["transaction"] = "t".into();
        let said: Value = self.agent.post(format!("{}{to}", self.session)).send_json(&what)?.body_mut().read_json()?;
        match said["janus"].as_str() {
            Some("success" | "ack") => Ok(said),
            _ => Err(format!("Janus said {said}").into()),
        }
    }
}

impl Server for Janus {
    fn ports(&self) -> &[u16] {
        &self.ports
    }

    fn join(&mut self, rtc: &mut Rtc, stream: usize) -> Result<()> {
        let attached = self.ask("", &json!({ "janus": "attach", "plugin": "janus.plugin.streaming" }))?;
        let handle = format!("/{}", attached["data"]["id"]);
        let watch = json!({ "janus": "message", "body": { "request": "watch", "id": stream + 1 } });
        self.ask(&handle, &watch)?;
        let offer = loop {
            let said: Value = self.agent.get(format!("{}?maxev=1", self.session)).call()?.body_mut().read_json()?;
            let is_ours = format!("/{}", said["sender"]) == handle;
            if let Some(sdp) = said["jsep"]["sdp"].as_str().filter(|_| is_ours) {
                break sdp.to_owned();
            }
        };
        let answer = rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(&offer)?)?.to_sdp_string();
        let start = json!({
            "janus": "message", "body": { "request": "start" }, "jsep": { "type": "answer", "sdp": answer },
        });
        self.ask(&handle, &start).map(|_| ())
    }

    fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Janus {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// `ice_lite`, as ours has it. It finds no candidate on the loopback: `address` is another of this machine's.
fn configure(folder: &Path, address: IpAddr, http: u16, ports: &[u16]) -> Result<()> {
    let libraries = "/usr/lib/x86_64-linux-gnu/janus";
    let general = format!(
        "general: {{\n configs_folder = \"{}\"\n plugins_folder = \"{libraries}/plugins\"\n \
         transports_folder = \"{libraries}/transports\"\n events_folder = \"{libraries}/events\"\n debug_level = 2\n \
         session_timeout = 0\n}}\nmedia: {{\n ipv6 = false\n rtp_port_range = \"40000-60000\"\n}}\n\
         nat: {{\n ice_lite = true\n ice_enforce_list = \"{address}\"\n}}\n\
         plugins: {{\n disable = \"{}\"\n}}\ntransports: {{\n disable = \"{}\"\n}}\n\
         loggers: {{\n disable = \"libjanus_jsonlog.so\"\n}}\nevents: {{\n broadcast = false\n}}\n",
        folder.display(),
        [
            "audiobridge",
            "duktape",
            "echotest",
            "lua",
            "nosip",
            "recordplay",
            "sip",
            "textroom",
            "videocall",
            "videoroom",
            "voicemail"
        ]
        .map(|plugin| format!("libjanus_{plugin}.so"))
        .join(","),
        ["mqtt", "nanomsg", "pfunix", "rabbitmq", "websockets"]
            .map(|transport| format!("libjanus_{transport}.so"))
            .join(","),
    );
    fs::write(folder.join("janus.jcfg"), general)?;
    let door = format!(
        "general: {{\n json = \"compact\"\n base_path = \"/janus\"\n http = true\n port = {http}\n ip = \"127.0.0.1\"\n \
         https = false\n}}\nadmin: {{\n admin_http = false\n}}\n"
    );
    fs::write(folder.join("janus.transport.http.jcfg"), door)?;
    let mut streams = String::from("general: {\n}\n");
    for (at, port) in ports.iter().enumerate() {
        let stream = at + 1;
        streams += &format!(
            "s{stream}: {{\n type = \"rtp\"\n id = {stream}\n audio = true\n audioport = {port}\n audiopt = 8\n \
             audiocodec = \"pcma\"\n audioiface = \"{address}\"\n}}\n"
        );
    }
    Ok(fs::write(folder.join("janus.plugin.streaming.jcfg"), streams)?)
}
