//! The look at a host: a read-only script. Its answer is read in `seen`.

use super::{BadInput, Layout, sheet::Sheet};

/// The script that looks at a host; `page`: where the maintenance page lies when it is raised.
///
/// # Errors
/// A path of the layout that no script is written with.
pub fn look(layout: &Layout, page: Option<&str>) -> Result<String, BadInput> {
    let glob = layout.name.glob();
    let others = if layout.is_flat() { "[12][0-9][0-9][0-9][01][0-9][0-3][0-9]*" } else { "*" };
    // The glob stands in the text unquoted, and can: it holds only what a name may hold, and ours.
    let lists = format!(
        "known() {{ newest 1000 {glob}; }}\n\
         others() {{\n\tk=0\n\tfor o in {others}; do\n\
         \t\tcase $o in {glob}) continue ;; esac\n\
         \t\tif [ ! -d \"./$o\" ] || [ \"$k\" -ge 200 ]; then continue; fi\n\
         \t\tk=$((k + 1))\n\t\tentry \"$o\"\n\tdone\n}}\n"
    );
    let sheet = Sheet::of(layout)?
        .optional("page", page.map(|page| layout.path(page)))?
        .then(include_str!("../sh/builtin/fields.sh"))
        .then(&lists)
        .then(include_str!("../sh/builtin/look.sh"));
    Ok(sheet.string())
}
