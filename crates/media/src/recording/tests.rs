//! What a crash takes, and what a meddler cannot.

use std::io::Cursor;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::file::{AUDIO, HEADER, SEALED};
use super::*;
use crate::g711::SILENCE;

const SITE: [u8; 32] = [7; 32];
const ID: RecordingId = RecordingId([3; 16]);
const WHOLE: usize = 6;

/// Six whole chunks, each of its own byte, and a last one of 100 bytes.
fn recording() -> &'static [u8] {
    static RECORDING: OnceLock<Vec<u8>> = OnceLock::new();
    RECORDING.get_or_init(|| {
        let mut sealer = Sealer::begin(Vec::new(), &SiteKey::new(SITE), ID).expect("a shelf");
        for chunk in 0..WHOLE {
            sealer.seal(&Stretch(vec![chunk as u8; AUDIO])).expect("a shelf");
        }
        sealer.end(&Stretch(vec![99; 100])).expect("a shelf")
    })
}

fn read(file: &[u8]) -> (Vec<u8>, Vec<Fault>) {
    let mut opener = Opener::open(Cursor::new(file), &SiteKey::new(SITE)).expect("a recording");
    opener.contents().expect("memory can be read")
}

fn place(chunk: usize) -> std::ops::Range<usize> {
    HEADER + chunk * SEALED..HEADER + (chunk + 1) * SEALED
}

#[test]
fn a_whole_recording_is_whole_and_any_chunk_is_found_at_once() {
    let (audio, faults) = read(recording());
    assert_eq!((audio.len(), faults), (WHOLE * AUDIO + 100, vec![]));
    assert!(audio.chunks(AUDIO).take(WHOLE).enumerate().all(|(n, chunk)| chunk.iter().all(|byte| *byte == n as u8)));
    let mut opener = Opener::open(Cursor::new(recording()), &SiteKey::new(SITE)).expect("a recording");
    assert_eq!((opener.chunks(), opener.id()), (7, ID));
    assert_eq!(opener.chunk(4).expect("read"), Ok(vec![4; AUDIO]));
    assert_eq!(opener.chunk(6).expect("read"), Ok(vec![99; 100]));
    assert!(!recording().windows(64).any(|bytes| bytes == [0; 64]), "the audio lies nowhere in the clear");
}

#[test]
fn wherever_a_crash_cuts_everything_before_is_heard() {
    let file = recording();
    // Every place around the seams, and some in between.
    let near = (0..=WHOLE).flat_map(|chunk| place(chunk).start.saturating_sub(40)..place(chunk).start + 40);
    for end in near.chain((HEADER..file.len()).step_by(997)).filter(|end| (HEADER..file.len()).contains(end)) {
        let whole = (end - HEADER) / SEALED;
        let (audio, faults) = read(&file[..end]);
        assert_eq!(audio.len(), whole * AUDIO, "cut at {end}");
        let [fault] = faults[..] else { panic!("cut at {end}: {faults:?}") };
        assert_eq!(fault, Fault::Cut { chunks: whole as u64 }, "cut at {end}");
    }
    assert!(matches!(Opener::open(Cursor::new(&file[..HEADER - 1]), &SiteKey::new(SITE)), Err(OpenError::NoRecording)));
}

#[test]
fn a_chunk_in_another_place_is_named_with_its_own() {
    let mut file = recording().to_vec();
    let (second, fourth) = (file[place(1)].to_vec(), file[place(3)].to_vec());
    file[place(1)].copy_from_slice(&fourth);
    file[place(3)].copy_from_slice(&second);
    let (audio, faults) = read(&file);
    let swapped = [Fault::Displaced { chunk: 1, truly: 3 }, Fault::Displaced { chunk: 3, truly: 1 }];
    assert_eq!(faults, swapped);
    assert_eq!((audio[AUDIO], audio[2 * AUDIO], audio.len()), (SILENCE, 2, WHOLE * AUDIO + 100));
}

#[test]
fn a_chunk_that_was_taken_out_or_its_end_is_named() {
    let mut shorter = recording().to_vec();
    shorter.drain(place(2));
    let (_, faults) = read(&shorter);
    let moved = |chunk| Fault::Displaced { chunk, truly: chunk + 1 };
    assert_eq!(faults[..4], [2, 3, 4, 5].map(moved));

    let (_, faults) = read(&recording()[..place(5).end]);
    assert_eq!(faults, [Fault::Cut { chunks: 6 }], "the end was taken away between two chunks");

    let mut longer = recording().to_vec();
    longer.extend(&recording()[place(0)]);
    assert!(!read(&longer).1.is_empty());
}

#[test]
fn a_chunk_of_another_recording_and_another_sites_key_open_nothing() {
    let mut sealer = Sealer::begin(Vec::new(), &SiteKey::new(SITE), RecordingId([4; 16])).expect("a shelf");
    sealer.seal(&Stretch(vec![1; AUDIO])).expect("a shelf");
    let other = sealer.end(&Stretch(Vec::new())).expect("a shelf");
    let mut file = recording().to_vec();
    file[place(0)].copy_from_slice(&other[place(0)]);
    assert_eq!(read(&file).1, [Fault::Changed { chunk: 0 }]);

    let open = |file: Vec<u8>, site| Opener::open(Cursor::new(file), &SiteKey::new(site)).map(|_| ());
    assert!(matches!(open(recording().to_vec(), [8; 32]), Err(OpenError::Key)));
    let mut renamed = recording().to_vec();
    renamed[9] ^= 1;
    assert!(matches!(open(renamed, SITE), Err(OpenError::Key)), "its id was changed");
    assert!(!format!("{:?}", SiteKey::new(SITE)).contains('7'));
}

#[test]
fn a_call_goes_through_the_tape_and_the_file_and_comes_out_as_long_as_it_was() {
    use crate::rtp::{Law, Packet};
    let (began, mut sealed_at) = (Instant::now(), Vec::new());
    let mut tape = Tape::new(began);
    let mut sealer = Sealer::begin(Vec::new(), &SiteKey::new(SITE), ID).expect("a shelf");
    for n in 0..105_u64 {
        let at = began + Duration::from_millis(20 * n);
        let packet = Packet { sequence: n, time: n * 160, marker: false, law: Law::A, at, payload: [1; 160].into() };
        tape.lay(Side::Caller, &packet);
        while let Some(stretch) = tape.take(at) {
            sealer.seal(&stretch).expect("a shelf");
            sealed_at.push(20 * n);
        }
    }
    // Nothing that was said is open for longer than a second.
    assert_eq!(sealed_at, [700, 1_200, 1_700]);
    let mut rest = tape.end(began + Duration::from_millis(2_100));
    let last = rest.pop().expect("a last one");
    rest.iter().for_each(|stretch| sealer.seal(stretch).expect("a shelf"));
    let (audio, faults) = read(&sealer.end(&last).expect("a shelf"));
    assert_eq!((audio.len(), faults), (2_100 * 16, vec![]));
    assert!(audio.chunks(2).all(|both| both == [1, SILENCE]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_changed_bit_spoils_one_chunk_and_that_one_is_named(bit in HEADER * 8..HEADER * 8 + (WHOLE * SEALED + 119) * 8) {
        let mut file = recording().to_vec();
        file[bit / 8] ^= 1 << (bit % 8);
        let chunk = ((bit / 8 - HEADER) / SEALED) as u64;
        let (audio, faults) = read(&file);
        prop_assert_eq!(faults.len(), 1, "{:?}", faults);
        let named = match faults[0] {
            Fault::Changed { chunk } => chunk,
            // The length of the last one was changed: it says that more should follow.
            Fault::Cut { chunks } => chunks,
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        prop_assert_eq!(named, chunk);
        let good = (0..WHOLE).filter(|other| *other as u64 != chunk);
        for other in good {
            prop_assert!(audio[other * AUDIO..(other + 1) * AUDIO].iter().all(|byte| *byte == other as u8));
        }
    }
}
