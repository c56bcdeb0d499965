"""Normal forms are Unicode's, whatever marks a text holds and however many."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import TextCleaner
from sentiment.text._normal_form import normalise

# Of many classes of marks, some made of two; letters that are marks when taken apart.
MARKS = "\u0301\u0323\u0344\u0f71\u0f72\u0f73\u3099\u05b0\u064b\U0001d165\uff9e\uff9f"
LETTERS = "e\u00e9\u1ebf\u304b\uff76\u0f40\uac00\u11a8\ufb03\ufdfa\U0001f44d"
FORMS = ["NFC", "NFKC"]


@given(
    text=st.text(st.sampled_from(MARKS + LETTERS), max_size=40)
    | st.lists(
        st.sampled_from(LETTERS).flatmap(
            lambda letter: st.text(
                st.sampled_from(MARKS), min_size=30, max_size=70
            ).map(lambda marks: letter + marks)
        ),
        min_size=1,
        max_size=3,
    ).map("".join),
    form=st.sampled_from(FORMS),
)
def test_a_normal_form_is_unicodes(text, form):
    assert normalise(form, text) == unicodedata.normalize(form, text)


def test_no_other_character_becomes_a_mark():
    """Else a new Unicode has marks that are not put in order before Python does."""
    from sentiment.text._normal_form import _MANY_MARKS

    missed = [
        character
        for character in map(chr, [*range(0xD800), *range(0xE000, 0x110000)])
        if unicodedata.combining(unicodedata.normalize("NFKD", character)[0])
        and not _MANY_MARKS.fullmatch(character * 32)
    ]
    assert missed == []


@pytest.mark.attack
@pytest.mark.parametrize("marks", ["\u0301\u0323", "\uff9e\u0301", "\u0f73\u0f71"])
@pytest.mark.parametrize("form", FORMS)
def test_hundreds_of_thousands_of_marks_take_no_minutes(form, marks):
    text = "e" + marks * 100_000
    start = time.process_time()
    TextCleaner(form=form).transform([text])
    # A third of a second on a quiet machine; in the square of the marks, a minute.
    assert time.process_time() - start < 10
