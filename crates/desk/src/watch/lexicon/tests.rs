use super::*;

#[test]
fn the_lexicon_reads() {
    if let Err(problems) = Lexicon::parse(LEXICON) {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
    }
}
#[test]
fn scratch() {
    let lx = Lexicon::parse(LEXICON).unwrap();
    for line in std::fs::read_to_string("/tmp/lines.txt").unwrap().lines() {
        let mut out = vec![];
        lx.scan(line, &mut out);
        println!("# {line}");
        for s in out { println!("    {:?} {} [{}]", s.stance, lx.indicator(s.indicator).unwrap().name, s.words(line).unwrap()); }
    }
    let text = "Caller reports male has left. IP states he punched her in the face, small cut to lip. NO WEAPONS SEEN. CHILDREN ASLEEP UPSTAIRS. Unit en route, will attend shortly. Checks show no previous.".repeat(1);
    let dull = "Report of a silver Ford blocking the entrance to the car park on Westfield Road, driver is refusing to move and is being rude to staff. No offences at present. Caller would like an update by email when done.";
    for t in [&text[..], dull] {
        let mut out = vec![];
        let start = std::time::Instant::now();
        for _ in 0..100_000 { out.clear(); lx.scan(std::hint::black_box(t), &mut out); }
        println!("{} bytes {} signs: {:?}", t.len(), out.len(), start.elapsed() / 100_000);
    }
}
#[test]
fn scratch2() {
    let lx = Lexicon::parse(LEXICON).unwrap();
    println!("words {} patterns {} anchored {}", lx.vocabulary.len(), lx.patterns.len(), lx.anchored.len());
    let dull = "Report of a silver Ford blocking the entrance to the car park on Westfield Road, driver is refusing to move and is being rude to staff. No offences at present. Caller would like an update by email when done.";
    let mut tokens = vec![];
    lx.vocabulary.read(dull, &mut tokens);
    for t in &tokens {
        let w = usize::from(t.word);
        println!("{:12} {:5} {} {}", &dull[t.start as usize..t.end as usize], t.word, t.misspelt, lx.anchors[w+1]-lx.anchors[w]);
    }
    let start = std::time::Instant::now();
    for _ in 0..100_000 { tokens.clear(); lx.vocabulary.read(std::hint::black_box(dull), &mut tokens); }
    println!("read {:?}", start.elapsed() / 100_000);
    let mut c: Vec<(u32, usize)> = (0..lx.vocabulary.len()).map(|w| (lx.anchors[w+1]-lx.anchors[w], w)).collect();
    c.sort_unstable_by(|a,b| b.cmp(a));
    for (n, w) in &c[..60] { let (l, k) = text::letters_of(lx.vocabulary.key(*w as u16)); print!("{}:{} ", std::str::from_utf8(&l[..k]).unwrap(), n); }
    println!();
}
