"""Each repair alone, in the right order, in linear time."""

import time
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from text_strategies import texts

from sentiment import TextCleaner

NOTHING = {
    "html": False,
    "form": None,
    "straighten_quotes": False,
    "urls": "keep",
    "lowercase": False,
}


def clean(text, **options):
    return TextCleaner(**NOTHING | options).transform([text])[0]


@given(texts)
def test_a_cleaner_with_everything_off_changes_nothing(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one.<br />Two", "one. Two"),
        ("<p class='a b'>x</p>", " x "),
        ("<!-- hidden -->x", " x"),
        ("<B>x</B\n>", " x "),
        ("I <3 it", "I <3 it"),
        ("a < b > c", "a < b > c"),
        ("2 <4> 5", "2 <4> 5"),
        ("an <unclosed tag", "an <unclosed tag"),
        ("<<b>>", "< >"),
        ("<b <i>x", "<b  x"),
        ("&amp; &lt;b&gt; &quot;q&quot;", '& <b> "q"'),
        ("&nbsp;", "\xa0"),
        ("caf&eacute; &#233; &#xe9;", "café é é"),
        ("&amp;lt;", "&lt;"),
        ("&#0; &#xD800; &#x110000;", "\ufffd \ufffd \ufffd"),
        ("&#65 &#0065;", "A A"),
        ("AT&T &unknown; & co", "AT&T &unknown; & co"),
        ("&#; &#x;", "&#; &#x;"),
    ],
)
def test_tags_become_spaces_and_entities_their_characters(text, expected):
    assert clean(text, html=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("&#" + "9" * 5000, "\ufffd"),
        ("&#" + "0" * 5000 + "65;x", "Ax"),
        ("&#" + "0" * 5000 + ";", "\ufffd"),
        ("&#x" + "f" * 5000 + ";", "\ufffd"),
        ("&#99999999;", "\ufffd"),
    ],
)
def test_an_entity_of_thousands_of_digits_is_no_error(text, expected):
    assert clean(text, html=True) == expected


def test_composed_and_decomposed_letters_become_one():
    assert clean("cafe\u0301 ﬁne Ａ", form="NFC") == "café ﬁne Ａ"
    assert clean("cafe\u0301 ﬁne Ａ", form="NFKC") == "café fine A"
    assert clean("cafe\u0301") == "cafe\u0301"


@given(texts)
def test_the_form_is_that_of_unicodedata(text):
    for form in ("NFC", "NFKC"):
        assert clean(text, form=form) == unicodedata.normalize(form, text)


def test_quotes_of_every_kind_become_straight():
    assert clean("‘a’ ‚b‛ cʼs 5′ `d´", straighten_quotes=True) == "'a' 'b' c's 5' 'd'"
    assert clean("“a” „b‟ 5″ «c»", straighten_quotes=True) == '"a" "b" 5" "c"'
    assert clean("`a` and no other quote", straighten_quotes=True)[:3] == "'a'"


def test_nfkc_does_not_take_a_quote_apart_before_it_is_straight():
    options = {"form": "NFKC", "straighten_quotes": True}
    assert clean("don´t 5″ ŉ ＂ａ＂ ｀", **options) == "don't 5\" 'n \"a\" '"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=c#d now", "see   now"),
        ("HTTP://EXAMPLE.ORG", " "),
        ("(www.example.org)", "( "),
        ("WWW.EXAMPLE.ORG", " "),
        ('"http://a.b"', '" "'),
        ("http://a<br>", " <br>"),
        ("Awww...so cute", "Awww...so cute"),
        ("www . http:// https", "www . http:// https"),
        ("W.C. Fields, vs.www", "W.C. Fields, vs.www"),
        ("seehttp://a.b", "see "),
        ("e\u0301www.x", "e\u0301www.x"),
    ],
)
def test_links_become_spaces_and_words_stay(text, expected):
    assert clean(text, urls="space") == expected
    assert clean(text, urls="keep") == text


def test_lower_case_is_that_of_python():
    assert clean("GREAT ΟΔΟΣ İ ẞ", lowercase=True) == "great οδος i̇ ß"
    assert clean("GREAT", lowercase=False) == "GREAT"


@given(texts)
def test_lower_case_is_that_of_the_whole_text_not_of_each_character(text):
    assert clean(text, lowercase=True) == text.lower()


def test_a_tag_is_removed_before_entities_can_make_one():
    assert clean("&lt;b&gt;x", html=True) == "<b>x"


def test_a_curly_quote_from_an_entity_is_straightened_and_its_word_lower_cased():
    assert TextCleaner().transform(["DON&rsquo;T"]).tolist() == ["don't"]


# Not with html=True: an entity may spell another entity, or a tag, and a cleaner that
# resolved those too would read what the author wrote as text ("&amp;lt;") as markup.
@given(texts)
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_what_is_clean_stays_as_it_is(form, text):
    cleaner = TextCleaner(html=False, form=form)
    once = cleaner.transform([text])
    assert cleaner.transform(once).tolist() == once.tolist()


def test_upper_and_lower_case_of_one_letter_have_one_form():
    upper, lower = TextCleaner().transform(["H\u0331", "ẖ"])
    assert upper == lower == "ẖ"


@pytest.mark.attack
@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<!--", "</", "<a>", "&", "&#", "&a", "&amp", "&#1", "&#x1", "www.",
     "http://", "https", "w", "’", "`", "\u0301", "İ", "<b ", "&<"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece):
    text = piece * (1_000_000 // len(piece))
    for form in ("NFC", "NFKC"):
        start = time.perf_counter()
        TextCleaner(form=form).transform([text])
        # A second on a quiet machine; a quadratic pattern takes hours.
        assert time.perf_counter() - start < 30


def test_the_output_is_named_text_whatever_the_column_was():
    frame = pd.DataFrame({"review": ["A"]}, index=["x"])
    output = TextCleaner().transform(frame)
    assert (output.name, output.index.tolist()) == ("text", ["x"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"form": "NFD"},
            "The 'form' parameter of TextCleaner must be a str among {'NFC', 'NFKC'} or "
            "None. Got 'NFD' instead.",
        ),
        ({"urls": "token"}, "must be a str among {'keep', 'space'}. Got 'token'"),
        ({"lowercase": "yes"}, "The 'lowercase' parameter of TextCleaner must be"),
    ],
)
def test_an_option_that_does_not_exist_is_refused_in_fit_and_in_transform(
    options, message
):
    for method in (TextCleaner(**options).fit, TextCleaner(**options).transform):
        with pytest.raises(ValueError, match="TextCleaner") as caught:
            method(["a"])
        assert message in str(caught.value)
