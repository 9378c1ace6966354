//! Footnotes: numbered in the order of their references, written at the end.

use super::writer::Writer;

impl Writer<'_> {
    pub(super) fn refer_to_note(&mut self, label: &str) {
        if self.frames.are_hidden() || self.images > 0 {
            return;
        }
        let notes = &mut self.notes;
        let again = notes.numbers.contains_key(label);
        let number = *notes.numbers.entry(label.to_owned()).or_insert_with(|| {
            notes.order.push(label.to_owned());
            notes.order.len()
        });
        // a second reference has no name of its own
        let id = if again {
            String::new()
        } else {
            format!(" id=\"fnref-{number}\"")
        };
        self.write(&format!(
            "<sup class=\"footnote-ref\"><a href=\"#fn-{number}\"{id} data-footnote-ref>{number}</a></sup>"
        ));
    }

    pub(super) fn start_note(&mut self, label: &str) {
        let before = std::mem::take(&mut self.out);
        self.notes.reading.push((label.to_owned(), before));
        self.open([], "");
    }

    pub(super) fn end_note(&mut self) {
        self.frames.close_markup(&mut self.out);
        if let Some((label, before)) = self.notes.reading.pop() {
            let html = std::mem::replace(&mut self.out, before);
            self.notes.written.entry(label).or_insert(html);
        }
    }

    /// The notes that were referred to, each with the way back.
    pub(super) fn write_notes(&mut self) {
        if self.notes.order.is_empty() {
            return;
        }
        self.fresh_line();
        self.write("<section class=\"footnotes\" data-footnotes>\n<ol>\n");
        for (index, label) in std::mem::take(&mut self.notes.order).iter().enumerate() {
            let number = index + 1;
            let html = self.notes.written.remove(label).unwrap_or_default();
            let html = html.trim_end();
            let back = format!(
                " <a href=\"#fnref-{number}\" class=\"footnote-backref\" data-footnote-backref aria-label=\"Back to reference {number}\">↩</a>"
            );
            self.write(&format!("<li id=\"fn-{number}\">\n"));
            let (last, end) = match html.strip_suffix("</p>") {
                Some(last) => (last, "</p>"),
                None => (html, ""),
            };
            self.write(last);
            self.write(&back);
            self.write(end);
            self.write("\n</li>\n");
        }
        self.write("</ol>\n</section>\n");
    }
}
