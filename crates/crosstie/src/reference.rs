//! The generated reference documents: the declarations in the code, for readers.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Writes all of them into a folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let pages = folder.join("integrations");
    fs::create_dir_all(&pages).with_context(|| format!("{} cannot be made", pages.display()))?;
    let document = serde_json::to_string_pretty(&server::openapi_document())?;
    put(&folder.join("openapi.json"), &format!("{document}\n"))?;
    for integration in catalogue::ALL {
        put(
            &pages.join(format!("{}.md", integration.slug)),
            &catalogue::page::markdown(integration),
        )?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
