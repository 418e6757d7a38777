use super::*;

#[test]
fn the_lexicon_reads() {
    if let Err(problems) = Lexicon::parse(LEXICON) {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
    }
}
