import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_strategies import NASTY, texts

from sentiment import TextCleaner
from sentiment.explanation._aligned_text import clean_aligned

_COMPOSING = st.text(
    st.sampled_from(
        "eaIiK\u0301\u0307\u0323\u0344\u1100\u1161\u11a8\u314f\u3131한각がか"
    )
    | st.sampled_from("\uff76\uff9e\u3099\u09c7\u09be\u0b47\u0b57\ufb01\u2126\u212bﾊﾟ½"),
    max_size=8,
)
CLEANERS = [
    TextCleaner(),
    TextCleaner(form="NFKC"),
    TextCleaner(form=None, html=False),
    TextCleaner(lowercase=False, urls="keep", straighten_quotes=False),
]


@pytest.mark.parametrize("cleaner", CLEANERS, ids=str)
@given(text=texts | _COMPOSING)
def test_the_slow_path_cleans_as_the_step_does(cleaner, text):
    aligned = clean_aligned(text, cleaner)
    assert aligned.text == cleaner.transform([text]).iloc[0]
    assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)
    places = [(0, 0), *zip(aligned.starts, aligned.ends, strict=True)]
    for before, after in zip(places, places[1:], strict=False):
        assert before[0] <= after[0] < after[1]
        assert before[1] <= after[1] <= len(text)


def test_every_character_that_a_form_changes_keeps_its_place():
    for form in ("NFC", "NFKC"):
        cleaner = TextCleaner(
            html=False, form=form, straighten_quotes=False, urls="keep", lowercase=False
        )
        changed = [
            letter
            for letter in map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x30000)])
            if unicodedata.normalize(form, letter) != letter
        ]
        assert len(changed) > 1000
        for letter in changed:
            aligned = clean_aligned(f"x{letter}y", cleaner)
            assert aligned.text == unicodedata.normalize(form, f"x{letter}y")
            assert aligned.span(len(aligned.text) - 1, len(aligned.text)) == (2, 3)


def test_what_follows_an_entity_without_a_semicolon_keeps_its_own_place():
    aligned = clean_aligned("a&notit;b", TextCleaner())
    assert aligned.text == "a¬it;b"
    spans = [aligned.span(i, i + 1) for i in range(len(aligned.text))]
    assert spans == [(0, 1), (1, 5), (5, 6), (6, 7), (7, 8), (8, 9)]


def test_a_megabyte_of_markup_takes_no_quadratic_time():
    for text in ("<a" * 200_000, "<b>x&amp;" * 40_000, "e\u0301" * 100_000, *NASTY):
        aligned = clean_aligned(text, TextCleaner())
        assert aligned.text == TextCleaner().transform([text]).iloc[0]
