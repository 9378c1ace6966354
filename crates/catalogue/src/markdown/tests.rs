//! What a text becomes: tables by rule; the hostile and the random in files of their own.

mod hostile;
mod properties;

use super::{render, render_plain};
use crate::References;
use crate::trackers::{NUMBERS, Pattern, Tracker};
use model::event::Item;
use model::reference::KeyPattern;
use std::fmt::Write;

/// A project with a tracker of numbers and keys that start with `K`, and issue 7 of its own.
pub(super) fn references() -> References {
    let mut references = References::of_project(3);
    references.know(Item {
        sign: '#',
        number: 7,
        url: "https://git.test/g/p/-/issues/7".into(),
        title: "Slow \"start\"".into(),
    });
    references.know(Item {
        sign: '!',
        number: 8,
        url: "https://git.test/g/p/-/merge_requests/8".into(),
        title: "New".into(),
    });
    references.track(
        "Keys",
        Tracker {
            issue: "https://keys.test/browse/:id".into(),
            pattern: Pattern::Keys(KeyPattern::new("", "KEY-[0-9]+").unwrap()),
        },
    );
    references.track(
        "Numbers",
        Tracker {
            issue: "https://numbers.test/:id".into(),
            pattern: Pattern::Fixed(&NUMBERS),
        },
    );
    references
}

const REST: &str = r#" rel="nofollow noreferrer noopener" target="_blank""#;

fn external(id: &str, title: &str, host: &str, text: &str) -> String {
    format!(
        r#"<a href="https://{host}{id}" data-project="3" data-external-issue="{id}" data-container="body" data-placement="top" data-reference-type="external_issue" title="Issue in {title}" class="gfm gfm-issue has-tooltip">{text}</a>"#
    )
}

/// The HTML with references in short: `{name>where}`.
fn short(markdown: &str) -> String {
    let html = render(markdown, &references());
    let html = html.replace(REST, "");
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find("<a href=\"") {
        let (before, link) = rest.split_at(at);
        let (start, after) = link.split_once('>').unwrap();
        let (text, after) = after.split_once("</a>").unwrap();
        out.push_str(before);
        let address = start.split('"').nth(1).unwrap();
        let is_reference = start.contains("class=\"gfm ");
        let mark = if is_reference { '{' } else { '[' };
        let _ = write!(out, "{mark}{text}>{address}");
        rest = after;
    }
    out + rest
}

#[test]
fn a_references_anchor_is_gitlabs() {
    assert_eq!(
        render("KEY-1", &references()),
        format!(
            "<p dir=\"auto\">{}</p>",
            external("KEY-1", "Keys", "keys.test/browse/", "KEY-1")
        )
    );
    assert_eq!(
        render("#7", &references()),
        r#"<p dir="auto"><a href="https://git.test/g/p/-/issues/7" data-project="3" data-iid="7" data-container="body" data-placement="top" data-reference-type="issue" title="Slow &quot;start&quot;" class="gfm gfm-issue has-tooltip">#7</a></p>"#
    );
    assert!(render("!8", &references()).contains(r#"data-reference-type="merge_request" title="New" class="gfm gfm-merge_request has-tooltip">!8</a>"#));
}

#[test]
fn references_stand_in_running_text_alone() {
    for (markdown, expected) in [
        (
            "#7 and #9",
            "{#7>https://git.test/g/p/-/issues/7 and {#9>https://numbers.test/9",
        ),
        (
            "KEY-1, AB_2-3",
            "{KEY-1>https://keys.test/browse/KEY-1, {AB_2-3>https://numbers.test/3",
        ),
        ("!8 !9", "{!8>https://git.test/g/p/-/merge_requests/8 !9"),
        (
            "#7+",
            "{Slow \"start\" (#7)>https://git.test/g/p/-/issues/7",
        ),
        ("#9+", "{#9+>https://numbers.test/9"),
        (r"A\_B-1", "{A_B-1>https://numbers.test/1"),
        ("A_B-1 _c_", "{A_B-1>https://numbers.test/1 <em>c</em>"),
        ("**#9**", "<strong>{#9>https://numbers.test/9</strong>"),
        ("line\n#9", "line\n{#9>https://numbers.test/9"),
        ("<b>#9</b>", "<b>{#9>https://numbers.test/9</b>"),
        ("A&amp;B-1", "A&amp;{B-1>https://numbers.test/1"),
        // not here
        (r"\#9", "#9"),
        (r"\#7 \!8", "#7 !8"),
        ("`#9`", "<code>#9</code>"),
        ("[#9](/x)", "[#9>/x"),
        ("<kbd>K</kbd><code>#9</code>", "<kbd>K</kbd><code>#9</code>"),
        ("<a href='/x'>#9</a>", "[#9>/x"),
        ("![#9](x.png)", "<img src=\"x.png\" alt=\"#9\">"),
        ("https://x.test/#9", "[https://x.test/#9>https://x.test/#9"),
        ("ssh://KEY-1/x", "ssh://KEY-1/x"),
        ("x#9 g/p#9 AB-1x", "x#9 g/p#9 AB-1x"),
    ] {
        assert_eq!(
            short(markdown),
            format!("<p dir=\"auto\">{expected}</p>"),
            "{markdown}"
        );
    }
    for markdown in [
        "    #9",
        "```\n#9\n```",
        "<pre>\n#9\n</pre>",
        "<style>\n#9\n</style>",
    ] {
        assert!(!short(markdown).contains('{'), "{markdown}");
    }
    assert!(short("<div>\nA &#35;9 &amp; #9\n</div>").contains("A &#35;9 &amp; {#9>"));
    assert!(short("# About #9").contains("About {#9>https://numbers.test/9</h1>"));
}

#[test]
fn a_link_to_a_key_is_a_reference_with_its_own_text() {
    for (markdown, id, text) in [
        ("[the **bug**](KEY-1)", "KEY-1", "the <strong>bug</strong>"),
        ("<a href=\"KEY%2D1\">it</a>", "KEY-1", "it"),
    ] {
        let expected = external(id, "Keys", "keys.test/browse/", text);
        assert_eq!(
            render(markdown, &references()),
            format!("<p dir=\"auto\">{expected}</p>")
        );
    }
    for markdown in [
        "[x](KEY-1/y)",
        "[x](#9)",
        "<a class=\"x gfm\" href=\"KEY-1\">it</a>",
    ] {
        assert!(!short(markdown).contains('{'), "{markdown}");
    }
}

#[test]
fn an_escaped_sign_ends_an_address_with_trackers_and_without() {
    let html = r#"<p dir="auto"><a href="https://x.test">https://x.test</a>#7</p>"#;
    for references in [references(), References::default()] {
        let rendered = render("https://x.test\\#7", &references);
        assert_eq!(rendered.replace(REST, ""), html);
    }
}

#[test]
fn a_thousand_references_become_links() {
    let html = render(&"#9 ".repeat(1_200), &references());
    assert_eq!(html.matches("<a ").count(), 1_000);
}

#[test]
fn blocks_are_gitlabs() {
    for (markdown, expected) in [
        ("", ""),
        ("a", "<p dir=\"auto\">a</p>"),
        ("a\nb  \nc\\\nd", "<p dir=\"auto\">a\nb<br>\nc<br>\nd</p>"),
        ("> a", "<blockquote dir=\"auto\">\n<p>a</p>\n</blockquote>"),
        (
            "- a\n- b",
            "<ul dir=\"auto\">\n<li>a</li>\n<li>b</li>\n</ul>",
        ),
        (
            "3. a\n\n4. b",
            "<ol start=\"3\" dir=\"auto\">\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ol>",
        ),
        ("---", "<hr>"),
        (
            "- [ ] a\n- [x] b",
            "<ul dir=\"auto\" class=\"task-list\">\n<li class=\"task-list-item\"><input type=\"checkbox\" class=\"task-list-item-checkbox\" disabled> a</li>\n<li class=\"task-list-item\"><input type=\"checkbox\" class=\"task-list-item-checkbox\" disabled checked> b</li>\n</ul>",
        ),
        (
            "## A `b` & c",
            "<h2 dir=\"auto\"><a id=\"user-content-a-b-c\" class=\"anchor\" href=\"#a-b-c\" aria-hidden=\"true\"></a>A <code>b</code> &amp; c</h2>",
        ),
        (
            "```rust x\na < b\n```",
            "<pre class=\"code highlight js-syntax-highlight language-rust\" lang=\"rust\"><code>a &lt; b\n</code></pre>",
        ),
        (
            "    a",
            "<pre class=\"code highlight js-syntax-highlight language-plaintext\" lang=\"plaintext\"><code>a</code></pre>",
        ),
        (
            "|a|b|\n|:-|-:|\n|1|2|",
            "<table dir=\"auto\">\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"left\">1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>",
        ),
        (
            "~~a~~ *b* __c__",
            "<p dir=\"auto\"><del>a</del> <em>b</em> <strong>c</strong></p>",
        ),
        (
            "a[^x] b[^x]\n\n[^x]: note",
            "<p dir=\"auto\">a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" data-footnote-ref>1</a></sup> b<sup class=\"footnote-ref\"><a href=\"#fn-1\" data-footnote-ref>1</a></sup></p>\n<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-1\">\n<p>note <a href=\"#fnref-1\" class=\"footnote-backref\" data-footnote-backref aria-label=\"Back to reference 1\">↩</a></p>\n</li>\n</ol>\n</section>",
        ),
    ] {
        assert_eq!(
            render(markdown, &References::default()),
            expected,
            "{markdown}"
        );
    }
}

#[test]
fn links_lead_where_they_may() {
    for (markdown, expected) in [
        (
            "[a](/b \"c\")",
            "<a href=\"/b\" title=\"c\">a</a>".to_owned(),
        ),
        (
            "[a](https://x.test/?b&c)",
            format!("<a href=\"https://x.test/?b&amp;c\"{REST}>a</a>"),
        ),
        (
            "<https://x.test>",
            format!("<a href=\"https://x.test\"{REST}>https://x.test</a>"),
        ),
        (
            "<a@x.test>",
            "<a href=\"mailto:a@x.test\">a@x.test</a>".into(),
        ),
        (
            "[a](mailto:a@x.test)",
            "<a href=\"mailto:a@x.test\">a</a>".into(),
        ),
        ("[a](javascript:x)", "<a>a</a>".into()),
        ("[a](JAVA&#115;cript:x)", "<a>a</a>".into()),
        ("[a](data:x)", "<a>a</a>".into()),
        (
            "![a](x.png \"t\")",
            "<img src=\"x.png\" title=\"t\" alt=\"a\">".into(),
        ),
        (
            "![a *b* `c`](https://x.test/i)",
            "<img src=\"https://x.test/i\" alt=\"a b c\">".into(),
        ),
        ("![a](javascript:x)", "<img alt=\"a\">".into()),
        ("![\">](x)", "<img src=\"x\" alt=\"&quot;&gt;\">".into()),
        (
            "see (https://x.test/a_b).",
            format!("see (<a href=\"https://x.test/a_b\"{REST}>https://x.test/a_b</a>)."),
        ),
        (
            "https://x.test/a_(b)",
            format!("<a href=\"https://x.test/a_(b)\"{REST}>https://x.test/a_(b)</a>"),
        ),
        (
            "www.x.test",
            format!("<a href=\"http://www.x.test\"{REST}>www.x.test</a>"),
        ),
        ("javascript://x.test", "javascript://x.test".into()),
    ] {
        assert_eq!(
            render(markdown, &References::default()),
            format!("<p dir=\"auto\">{expected}</p>"),
            "{markdown}"
        );
    }
}

#[test]
fn html_passes_where_it_does_no_harm() {
    for (markdown, expected) in [
        ("a <b>c</b> d", "a <b>c</b> d"),
        ("a <b>c", "a <b>c</b>"),
        ("a </b></p></div> c", "a  c"),
        ("<b><i>a</b></i>", "<b><i>a</i></b>"),
        ("*<b>a*</b>", "<em><b>a</b></em>"),
        ("a <foo x>b</foo>", "a b"),
        ("List<A> b", "List b"),
        ("a <script>alert(1)</script> b", "a  b"),
        ("a <svg onload=x><b>c</b></svg> b", "a  b"),
        ("a <!-- b --> c", "a  c"),
        ("a <img src=x onerror=y> b", "a <img src=\"x\"> b"),
        ("a <iframe src=x>*b*</iframe> c", "a  c"),
        ("a <title> b", "a "),
        ("<a href='javascript:x'>a</a>", "<a>a</a>"),
        ("[<a href='/y'>a</a>](/x)", "<a href=\"/x\">a</a>"),
    ] {
        let html = render(markdown, &References::default());
        assert_eq!(
            html,
            format!("<p dir=\"auto\">{expected}</p>"),
            "{markdown}"
        );
    }
    for (markdown, expected) in [
        (
            "<div onclick=x>\n\n*a*\n\n</div>",
            "<div>\n<p><em>a</em></p>\n</div>",
        ),
        (
            "- <div>\n\na</div>",
            "<ul dir=\"auto\">\n<li>\n<div>\n</div></li>\n</ul>\n<p dir=\"auto\">a</p>",
        ),
        (
            "<script>\nalert(1)\n</script>\n\na",
            "<p dir=\"auto\">a</p>",
        ),
        (
            "<details><summary>a</summary>\n\nb\n\n</details>",
            "<details><summary>a</summary>\n<p>b</p>\n</details>",
        ),
        ("<!-- a -->", ""),
    ] {
        assert_eq!(
            render(markdown, &References::default()),
            expected,
            "{markdown}"
        );
    }
}

#[test]
fn markdown_alone_has_no_references_and_nothing_of_gitlabs() {
    for (markdown, expected) in [
        ("#7 KEY-1 https://x.test", "<p>#7 KEY-1 https://x.test</p>"),
        ("# A", "<h1>A</h1>"),
        (
            "```rust\na\n```",
            "<pre lang=\"rust\"><code>a\n</code></pre>",
        ),
        ("<script>x</script>", ""),
    ] {
        assert_eq!(render_plain(markdown), expected, "{markdown}");
    }
}
