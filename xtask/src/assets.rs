//! The pages' style sheets and scripts: Dart Sass and esbuild, into a folder that is embedded and never committed.
//!
//! Names carry a hash of the content, so that a browser may keep a file for good and never shows an old one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{command, run, target};
use crate::{npm, tool};

const SOURCE: &str = "crates/web/assets/src";
const BUILT: &str = "crates/web/assets/dist";
/// What else the result depends on.
const SETTINGS: &[&str] = &["package-lock.json", "crates/web/assets/tsconfig.json", "xtask/src/assets.rs"];

/// Builds `crates/web/assets/dist` when a source, the lock file or a setting has changed since the last time.
///
/// # Errors
/// When Node or npm is missing, a package cannot be installed, a script has a type error, or a source does not compile.
pub fn build(root: &Path) -> Result<()> {
    let stamp = target(root).join("assets/stamp");
    let inputs = inputs(root)?;
    if is_built(root) && std::fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        return Ok(());
    }
    tool::require(&[tool::NODE, tool::NPM])?;
    npm::install(root)?;

    let work = target(root).join("assets");
    let built = root.join(BUILT);
    if built.exists() {
        std::fs::remove_dir_all(&built).context("the old style sheets and scripts cannot be removed")?;
    }
    std::fs::create_dir_all(&work).context("no folder to build the style sheets in")?;

    run(command(root, "node", &["node_modules/typescript/bin/tsc", "--project", "crates/web/assets/tsconfig.json"]))?;
    let sheet = work.join("alongside.css");
    let mut sass = command(root, "node", &["node_modules/sass/sass.js", "--load-path=node_modules", "--no-source-map"]);
    // What is old-fashioned in the design system's own source is not ours to mend.
    sass.arg("--quiet-deps").arg(format!("{SOURCE}/alongside.scss")).arg(&sheet);
    run(sass)?;

    let script = format!("{SOURCE}/alongside.ts");
    // By its link: what that leads to is a script or the program itself, as the install step left it.
    let esbuild = root.join("node_modules/.bin/esbuild");
    let mut bundle = command(root, &esbuild.to_string_lossy(), &["--bundle", "--minify", "--format=esm"]);
    bundle.arg(script).arg(&sheet).args(["--target=es2022", "--log-level=warning"]);
    bundle.args(["--entry-names=[name]-[hash]", "--legal-comments=eof"]).arg(format!("--outdir={BUILT}"));
    run(bundle)?;

    std::fs::write(&stamp, inputs).context("cannot note what the style sheets were built from")
}

/// Whether both files are there: a stamp alone says nothing once the folder has been removed.
fn is_built(root: &Path) -> bool {
    let files = std::fs::read_dir(root.join(BUILT)).into_iter().flatten().flatten();
    let names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    [".css", ".js"].iter().all(|ending| names.iter().any(|name| name.ends_with(ending)))
}

/// A digest of every source by name and content.
fn inputs(root: &Path) -> Result<String> {
    let mut paths: Vec<PathBuf> = SETTINGS.iter().map(|path| root.join(path)).collect();
    for entry in std::fs::read_dir(root.join(SOURCE)).context("the style sheets' sources are missing")? {
        paths.push(entry.context("a style sheet's source cannot be listed")?.path());
    }
    paths.sort();
    let mut digest = DefaultHasher::new();
    for path in paths {
        let content = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        (path.strip_prefix(root).unwrap_or(&path), content).hash(&mut digest);
    }
    Ok(format!("{:016x}", digest.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_is_built_again_and_an_unchanged_one_is_not() {
        let root = std::env::temp_dir().join(format!("alongside-assets-{}", std::process::id()));
        std::fs::create_dir_all(root.join(SOURCE)).unwrap();
        std::fs::create_dir_all(root.join("xtask/src")).unwrap();
        for path in SETTINGS {
            std::fs::write(root.join(path), "").unwrap();
        }
        let sheet = root.join(SOURCE).join("desk.scss");
        std::fs::write(&sheet, "a { color: red }").unwrap();
        let first = inputs(&root).unwrap();
        assert_eq!(first, inputs(&root).unwrap());
        std::fs::write(&sheet, "a { color: blue }").unwrap();
        assert_ne!(first, inputs(&root).unwrap());

        assert!(!is_built(&root));
        std::fs::create_dir_all(root.join(BUILT)).unwrap();
        std::fs::write(root.join(BUILT).join("alongside-X.css"), "").unwrap();
        assert!(!is_built(&root), "a style sheet without its script is half a build");
        std::fs::write(root.join(BUILT).join("alongside-X.js"), "").unwrap();
        assert!(is_built(&root));
        std::fs::remove_dir_all(&root).unwrap();
    }
}
