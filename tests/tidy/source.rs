//! A Rust file as the rules see it: its path, its text, and its code cut into words.

/// A Rust file, with comments and the insides of literals blanked out, cut into words.
pub(crate) struct Source {
    /// From the top of the project: `src/store/cards.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) words: Vec<Word>,
}

/// An identifier, a `::`, or one other sign, and the line that it stands on.
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            words: words_of(&code_of(text)),
        }
    }

    /// `store` for `src/store/cards.rs`, `main` for `src/main.rs`; none outside `src`.
    pub(crate) fn room(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        below.split('/').next().map(|first| first.trim_end_matches(".rs"))
    }

    /// How many modules lie between the file and the top of the crate.
    pub(crate) fn depth(&self) -> usize {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let folders = below.matches('/').count();
        match below.rsplit('/').next() {
            Some("mod.rs" | "lib.rs" | "main.rs") => folders,
            _ => folders + 1,
        }
    }

    pub(crate) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        self.words.get(at).map_or(0, |word| word.line)
    }

    /// Whether the words from `at` on are these.
    pub(crate) fn has_at(&self, at: usize, sought: &[Word]) -> bool {
        sought
            .iter()
            .enumerate()
            .all(|(step, word)| self.word(at + step) == word.text)
    }

    pub(crate) fn report(&self, at: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, self.line(at))
    }
}

/// The code alone: comments and the insides of literals become spaces, every line stays where it was.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let blanked = comment_len(rest).or_else(|| literal_len(rest, code.chars().last()));
        let (taken, is_blank) = match blanked {
            Some(len) => (len, true),
            None => (next.len_utf8(), false),
        };
        let (piece, tail) = rest.split_at(taken);
        for letter in piece.chars() {
            code.push(if is_blank && letter != '\n' { ' ' } else { letter });
        }
        rest = tail;
    }
    code
}

/// What stands in the literals of a Rust text, as it is written there.
pub(crate) fn literals_of(text: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let (mut rest, mut before) = (text, None);
    while let Some(next) = rest.chars().next() {
        let literal = literal_len(rest, before);
        let taken = comment_len(rest).or(literal).unwrap_or(next.len_utf8());
        let (piece, tail) = rest.split_at(taken);
        if let (Some(from), Some(to)) = (piece.find('"'), piece.rfind('"'))
            && literal.is_some()
            && from < to
        {
            literals.extend(piece.get(from + 1..to).map(str::to_owned));
        }
        before = piece.chars().last();
        rest = tail;
    }
    literals
}

/// The length of the comment that the text begins with.
fn comment_len(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if !text.starts_with("/*") {
        return None;
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(text.len())
}

/// The length of the text or letter literal that the text begins with, its prefix and quotes included.
pub(crate) fn literal_len(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(is_word_letter) {
        return None;
    }
    let prefix = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find(|prefix| text.starts_with(prefix))?;
    let body = text.get(prefix.len()..)?;
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        if !body.get(hashes..)?.starts_with('"') {
            return None;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = body.get(hashes + 1..)?;
        let inside_len = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        return Some(prefix.len() + hashes + 1 + inside_len);
    }
    let quote = body.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    if quote == '\'' && is_lifetime(body) {
        return None;
    }
    let mut is_escaped = false;
    for (at, letter) in body.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' {
            is_escaped = true;
        } else if letter == quote {
            return Some(prefix.len() + at + 1);
        }
    }
    Some(text.len())
}

/// `'a` is a lifetime, `'a'` and `'\n'` are letters.
fn is_lifetime(text: &str) -> bool {
    let mut letters = text.chars().skip(1);
    let (first, second) = (letters.next(), letters.next());
    first.is_some_and(is_word_letter) && second != Some('\'')
}

pub(crate) fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

pub(crate) fn words_of(code: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (index, line_text) in code.lines().enumerate() {
        let line = index + 1;
        let mut rest = line_text.trim_start();
        while let Some(first) = rest.chars().next() {
            let len = if is_word_letter(first) {
                rest.find(|letter| !is_word_letter(letter)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, tail) = rest.split_at(len);
            words.push(Word {
                text: text.to_owned(),
                line,
            });
            rest = tail.trim_start();
        }
    }
    words
}
