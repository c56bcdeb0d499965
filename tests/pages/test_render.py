"""What a page must never do: run a review, ask the network, lose a character."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from text_strategies import texts

from sentiment.exceptions import DataError
from sentiment.pages import (
    Cell,
    Drawing,
    Drawings,
    Page,
    Paragraph,
    Section,
    Span,
    Table,
    TextRow,
    Texts,
    Tile,
    Tiles,
    cut_pieces,
    render_fragment,
    render_page,
    save_page,
)
from sentiment.pages._spans import visible
from sentiment.tracking._evaluation_figures import draw_roc
from sentiment.tracking._figure_style import COLORS

EVIL = "</div><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


class Reader(HTMLParser):
    """Collects the elements, their attributes, and the text of each document."""

    VOID = ("meta", "br", "img", "link", "input")

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.stack, self.texts = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.stack.append((tag, dict(attributes)))
            if dict(attributes).get("class") == "text":
                self.texts.append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        if any(one.get("class") == "text" for _, one in self.stack):
            self.texts[-1] += data


def make_figure():
    codes = np.array([0, 0, 1, 1])
    scores = np.array([0.1, 0.6, 0.4, 0.9])
    table = np.column_stack([1 - scores, scores])
    return draw_roc("test", codes, table, np.array(["bad", "good"]))


def make_page(evil=EVIL):
    """A page with ``evil`` in every place that takes text."""
    documents = Texts(
        [TextRow(evil, evil, [Span(0, 5, -1.0, evil)], [(evil, evil)])], evil, evil
    )
    return Page(
        evil,
        evil,
        [(evil, evil)],
        [Paragraph(evil, "bad"), Tiles([Tile(evil, evil, evil)])],
        [
            Section(evil, [Table([evil, evil], [[evil, Cell(evil, 0.5)]], evil)], evil),
            Section("two", [Drawings([Drawing(make_figure(), evil, evil)]), documents]),
        ],
    )


@pytest.mark.attack
@pytest.mark.parametrize("render", [render_page, render_fragment])
def test_nothing_that_is_shown_becomes_markup(render):
    evil, plain = Reader(render(make_page())), Reader(render(make_page("plain text")))
    assert [tag for tag, _ in evil.elements] == [tag for tag, _ in plain.elements]
    assert {tag for tag, _ in evil.elements}.isdisjoint({"script", "img", "iframe"})
    for (_, first), (_, second) in zip(evil.elements, plain.elements, strict=True):
        assert first.keys() == second.keys()
    assert evil.texts == [EVIL]
    assert not evil.stack


def test_the_page_refers_to_nothing_outside_itself():
    html = render_page(make_page("plain"))
    allowed = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"[a-z]+://[^\"' )]+", html)) <= allowed
    assert "@import" not in html
    for tag, attributes in Reader(html).elements:
        for name in ("src", "href", "xlink:href", "data", "action"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)


@pytest.mark.attack
def test_the_page_forbids_scripts_even_if_one_got_in():
    (policy,) = [
        attributes["content"]
        for tag, attributes in Reader(render_page(Page("x"))).elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_no_two_elements_share_an_id_and_every_reference_has_one():
    figures = Drawings([Drawing(make_figure(), "a"), Drawing(make_figure(), "b")])
    html = render_page(
        Page("x", sections=[Section("one", [figures]), Section("2", [])])
    )
    names = [a["id"] for _, a in Reader(html).elements if "id" in a]
    assert len(names) == len(set(names))
    wanted = set(re.findall(r'(?:href="#|url\(#|labelledby=")([^")]+)', html))
    assert wanted <= set(names)


def test_two_fragments_in_one_notebook_share_no_id_unless_they_are_the_same():
    fragments = [render_fragment(make_page(f"text {n}")) for n in (1, 2, 1)]
    names = [
        {a["id"] for _, a in Reader(html).elements if "id" in a} for html in fragments
    ]
    assert names[0].isdisjoint(names[1])
    assert fragments[0] == fragments[2]
    wanted = set(re.findall(r'(?:href="#|url\(#|labelledby=")([^")]+)', fragments[0]))
    assert wanted <= names[0]


def test_a_figure_takes_its_colours_from_the_page():
    html = render_page(Page("x", lead=[Drawings([Drawing(make_figure(), "ROC")])]))
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert "var(--data-1)" in svg
    assert not [color for color in COLORS if color.lower() in svg]
    assert "var(--font)" in svg
    assert "DejaVu" not in svg


def test_the_same_page_gives_the_same_bytes():
    assert render_page(make_page()) == render_page(make_page())


@given(texts)
def test_every_document_is_shown_character_by_character(text):
    spans = [Span(place, place + 1, 1.0) for place in range(0, len(text) - 1, 3)]
    html = render_page(Page("x", lead=[Texts([TextRow(text, spans=spans)])]))
    (shown,) = Reader(html).texts
    assert shown == (visible(text) if text else "empty")
    assert len(visible(text)) == len(text)
    html.encode()


def test_overlapping_spans_add_up_and_cover_the_text():
    pieces = cut_pieces("abcdef", [Span(1, 4, 1.0, "x"), Span(2, 6, -3.0, "y")])
    assert [(piece.text, piece.value) for piece in pieces] == [
        ("a", None),
        ("b", 1.0),
        ("cd", -2.0),
        ("ef", -3.0),
    ]
    assert pieces[2].notes == ("x", "y")


def test_a_long_review_is_cut_once_however_many_words_are_highlighted(monkeypatch):
    calls = []

    def cut(text, spans):
        calls.append(text)
        return cut_pieces(text, spans)

    monkeypatch.setattr("sentiment.pages._render.cut_pieces", cut)
    text = "word " * 500
    spans = [Span(5 * n, 5 * n + 4, n / 500) for n in range(500)]
    html = render_page(Page("x", lead=[Texts([TextRow(text, spans=spans)])]))
    assert html.count("<mark") == 500
    assert calls == [text]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (0, 7)])
def test_a_span_outside_its_text_is_refused(start, end):
    with pytest.raises(ValueError, match="within its text of 6 characters"):
        cut_pieces("abcdef", [Span(start, end, 1.0)])


def test_a_file_is_written_whole_and_not_overwritten_unasked(tmp_path):
    output = tmp_path / "page.html"
    save_page(Page("one"), output)
    assert "<h1>one</h1>" in output.read_text(encoding="utf-8")
    with pytest.raises(DataError, match="force=True"):
        save_page(Page("two"), output)
    broken = Texts([TextRow("a", spans=[Span(0, 9, 1.0)])])
    with pytest.raises(ValueError, match="within its text"):
        save_page(Page("two", lead=[broken]), output, force=True)
    assert "<h1>one</h1>" in output.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    save_page(Page("two"), output, force=True)
    assert "<h1>two</h1>" in output.read_text(encoding="utf-8")
