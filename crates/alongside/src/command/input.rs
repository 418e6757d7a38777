//! Files of messages, one a line, plain or compressed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};

/// Opens a file, unpacking `.gz` and `.zst`; `-` is standard input.
///
/// # Errors
/// When it cannot be opened or unpacked.
pub fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    const BUFFER: usize = 1 << 18;
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, std::io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let reader: Box<dyn Read> = match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Some("zst") => Box::new(zstd::Decoder::new(file).with_context(|| format!("cannot unpack {}", path.display()))?),
        _ => Box::new(file),
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, reader)))
}
