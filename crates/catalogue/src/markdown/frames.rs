//! The elements that are open, so that every one is closed where it must be.

/// Elements inside one another at most; what is deeper is written without its tags. Browsers
/// stop at some hundreds too.
pub(super) const MAX_DEPTH: usize = 100;

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// what is written at its end
    pub(super) close: Close,
    /// whether its text is not looked at for references and addresses
    pub(super) silent: bool,
    /// whether nothing in it is written
    pub(super) hidden: bool,
}

/// How an element ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Close {
    /// Markdown's own, with the text that ends it
    Markup(&'static str),
    /// a tag written in the source, by its name
    Raw(&'static str),
}

/// The elements that are open, the innermost last.
#[derive(Default)]
pub(super) struct Frames {
    open: Vec<Frame>,
    silent: usize,
    hidden: usize,
}

impl Frames {
    /// Opens an element.
    pub(super) fn push(&mut self, frame: Frame) {
        self.silent += usize::from(frame.silent);
        self.hidden += usize::from(frame.hidden);
        self.open.push(frame);
    }

    /// Closes Markdown's innermost element, and every tag that was left open in it.
    pub(super) fn close_markup(&mut self, out: &mut String) {
        while let Some(frame) = self.pop() {
            if let Close::Markup(end) = frame.close {
                out.push_str(end);
                return;
            }
            self.write_end(frame, out);
        }
    }

    /// Closes a tag by its end tag, if it was opened in the same element of Markdown's.
    pub(super) fn close_raw(&mut self, name: &str, out: &mut String) {
        let inside = self.open.iter().rev();
        let inside = inside.map_while(|frame| match frame.close {
            Close::Raw(name) => Some(name),
            Close::Markup(_) => None,
        });
        let Some(depth) = inside.into_iter().position(|open| open == name) else {
            return;
        };
        for _ in 0..=depth {
            if let Some(frame) = self.pop() {
                self.write_end(frame, out);
            }
        }
    }

    /// Closes all.
    pub(super) fn close_all(&mut self, out: &mut String) {
        while !self.open.is_empty() {
            self.close_markup(out);
        }
    }

    /// Whether no element is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether a further element would be too deep.
    pub(super) fn are_deep(&self) -> bool {
        self.open.len() >= MAX_DEPTH
    }

    /// Whether text is not to be looked at.
    pub(super) fn are_silent(&self) -> bool {
        self.silent > 0
    }

    /// Whether nothing is to be written.
    pub(super) fn are_hidden(&self) -> bool {
        self.hidden > 0
    }

    fn pop(&mut self) -> Option<Frame> {
        let frame = self.open.pop()?;
        self.silent -= usize::from(frame.silent);
        self.hidden -= usize::from(frame.hidden);
        Some(frame)
    }

    fn write_end(&self, frame: Frame, out: &mut String) {
        if let Close::Raw(name) = frame.close
            && !frame.hidden
            && !self.are_hidden()
        {
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
}
