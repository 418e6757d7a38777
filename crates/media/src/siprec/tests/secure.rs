//! Keys, as a session goes on.

use super::recorder::World;
use crate::srtp::Suite;

const PLAIN: &str = "Content-Type: application/sdp\r\n";
const KEYS: [&str; 2] = ["WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"];

fn offer(version: u32, protection: &str) -> String {
    let line = |port: u16| format!("m=audio {port} RTP/{protection}a=sendonly\r\n");
    format!("v=0\r\no=- 1 {version} IN IP4 192.0.2.5\r\nc=IN IP4 192.0.2.6\r\n{}{}", line(16_552), line(16_554))
}

fn secure(key: &str) -> String {
    format!("SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n")
}

fn ours(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| line.starts_with("a=crypto:")).collect()
}

#[test]
fn a_key_is_taken_once_and_changed_when_it_changes() {
    let mut world = World::new();
    let first = world.send("INVITE", "a", "", 1, PLAIN, &offer(1, &secure(KEYS[0])));
    let tag =
        first[0].lines().find_map(|line| line.strip_prefix("To: ")?.split_once(";tag=")).expect("a tag").1.to_owned();
    world.send("ACK", "a", &tag, 1, "", "");
    let told = |world: &mut World| std::mem::take(&mut world.recorder.hearing().keys);
    let keys = told(&mut world);
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|(_, key)| key.as_ref().is_some_and(|key| key.suite() == Suite::Aes128Tag80)));
    // A refresh says it again: what was counted by the key goes on, and our own stays.
    let again = world.send("UPDATE", "a", &tag, 2, PLAIN, &offer(2, &secure(KEYS[0])));
    assert_eq!((told(&mut world), ours(&again[0])), (Vec::new(), ours(&first[0])));
    assert_eq!(ours(&first[0]).len(), 2);
    let changed = world.send("UPDATE", "a", &tag, 3, PLAIN, &offer(3, &secure(KEYS[1])));
    let others = told(&mut world);
    assert!(others.len() == 2 && others.iter().zip(&keys).all(|(new, old)| new.0 == old.0 && new.1 != old.1));
    assert_eq!(ours(&changed[0]), ours(&first[0]));
    // On without protection, by the same ports.
    let plain = world.send("UPDATE", "a", &tag, 4, PLAIN, &offer(4, "AVP 8\r\n"));
    assert!(told(&mut world).iter().all(|(_, key)| key.is_none()) && ours(&plain[0]).is_empty());
    assert_eq!(world.recorder.hearing().open.len(), 2);
}

#[test]
fn a_protection_that_is_not_understood_is_refused_and_never_heard_without() {
    let mut world = World::new();
    let unknown = "SAVP 8\r\na=crypto:1 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
    let answer = world.send("INVITE", "a", "", 1, PLAIN, &offer(1, unknown));
    assert!(answer[0].starts_with("SIP/2.0 488 "), "{}", answer[0]);
    assert!(world.recorder.hearing().open.is_empty());
}
