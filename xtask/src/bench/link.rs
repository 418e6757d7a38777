//! Who one new person may be, against an index of a million and of ten million, by the product's own linker.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Ground;
use super::figure::Table;

/// People of the index, and what that is called.
const SIZES: &[(u32, &str)] = &[(1_000_000, "a million people"), (10_000_000, "ten million people")];

/// Fills the index of each size and looks callers up. Once each: filling the larger takes minutes, and a look-up is measured
/// twenty thousand times. Its peers are run by `tests/linkage`, which needs their own programs.
pub fn measure(ground: &Ground, table: &mut Table) -> Result<()> {
    for (people, called) in SIZES {
        let output = Command::new(&ground.linking)
            .args(["--people", &people.to_string()])
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start the linker's measuring program")?;
        let said: Value = serde_json::from_slice(&output.stdout).context("the linker said nothing that can be read")?;
        let ms = |what: &str, at: &str| {
            said[what][at].as_f64().map_or_else(String::new, |us| format!("{:.3} ms", us / 1000.0))
        };
        let of = |what: &str| format!("half {}, 99 of 100 {}", ms(what, "p50_us"), ms(what, "p99_us"));
        println!("{called}: look-up {}, insertion {}", of("look_up"), of("insert"));
        let memory = format!("{} MiB at most, {} bytes a record", said["peak_mib"], said["bytes_each"]);
        table.say(&format!("look-up among {called}"), of("look_up"), memory, said.clone());
        table.say(&format!("insertion among {called}"), of("insert"), String::new(), said["insert"].clone());
    }
    Ok(())
}
