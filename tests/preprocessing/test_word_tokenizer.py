"""The fast tokenizer against a slow one, and every option by itself."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer
from sklearn.feature_extraction.text import CountVectorizer
from text_strategies import texts

from sentiment import NgramVectorizer, WordTokenizer
from sentiment.text import SNOWBALL_LANGUAGES
from sentiment.text._characters import find_category
from sentiment.text._cutting import compile_token_patterns

NEGATORS = {
    "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor",
    "without", "cannot", "hardly", "barely", "scarcely", "n't", "aint", "cant",
    "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt",
    "shouldnt", "wasnt", "werent", "wont", "wouldnt",
}  # fmt: skip
ENDINGS = ("n't", "'s", "'re", "'ve", "'ll", "'d", "'m")
SPACELESS = (
    range(0x0E00, 0x0F00), range(0x1000, 0x10A0), range(0x1780, 0x1800),
    range(0x3040, 0x3100), range(0x3400, 0x4DC0), range(0x4E00, 0xA000),
    range(0xF900, 0xFB00), range(0x20000, 0x40000),
)  # fmt: skip

sentences = st.lists(
    st.sampled_from(
        "not Never n't isn't cannot good bad it's , . ! don't '' NOT_good ca we've".split()
    ),
    max_size=20,
).map(" ".join)


def cut(text, **options):
    (tokens,) = WordTokenizer(**options).transform([text])
    return list(tokens)


# The reference: one character after the other, from the docstring.


def kind_of(character):
    if unicodedata.category(character)[0] == "M":
        return "mark"
    if character.isalnum() or character == "_":
        is_spaceless = any(ord(character) in block for block in SPACELESS)
        return "spaceless" if is_spaceless else "letter"
    if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
        return "space"
    return "symbol"


def cut_slowly(text, *, contractions="keep", punctuation=None, min_length=1):
    kinds = [*map(kind_of, text), "end", "end"]
    tokens, place = [], 0
    while place < len(text):
        start = place
        kind = kinds[place]
        place += 1
        if kind == "letter":
            while True:
                while kinds[place] in ("letter", "mark"):
                    place += 1
                joins = text[place : place + 1] == "'" and kinds[place + 1] == "letter"
                if contractions == "break" or not joins:
                    break
                place += 1
            if place - start < min_length:
                continue
        elif kind == "spaceless":
            while kinds[place] == "mark":
                place += 1
        elif kind != "symbol" or punctuation != "all":
            continue
        tokens.append(text[start:place])
    return tokens


def split_slowly(tokens):
    for token in tokens:
        for place in range(1, len(token)):
            if token[place:].lower() in ENDINGS:
                yield token[:place]
                yield token[place:]
                break
        else:
            yield token


def negate_slowly(tokens, scope):
    left = 0
    for token in tokens:
        if token.lower() in NEGATORS or token.lower().endswith("n't"):
            left = scope
            yield token
        elif left and kind_of(token[0]) in ("letter", "spaceless"):
            left -= 1
            yield f"NOT_{token}"
        else:
            yield token


@given(
    texts | st.text(),
    st.sampled_from(["keep", "split", "break"]),
    st.sampled_from(["all", None]),
    st.integers(1, 4),
    st.integers(0, 3),
)
def test_tokens_are_those_of_the_slow_reference(
    text, contractions, marks, least, scope
):
    expected = cut_slowly(
        text, contractions=contractions, punctuation=marks, min_length=least
    )
    if contractions == "split":
        expected = split_slowly(expected)
    options = {
        "contractions": contractions,
        "punctuation": marks,
        "min_length": least,
        "negation_scope": scope,
    }
    assert cut(text, **options) == list(negate_slowly(expected, scope))


@given(sentences, st.integers(0, 5))
def test_negation_reaches_as_far_as_the_slow_reference_says(text, scope):
    for contractions in ("keep", "split"):
        options = {"contractions": contractions, "punctuation": "all"}
        plain = cut(text, **options)
        expected = list(negate_slowly(plain, scope))
        assert cut(text, negation_scope=scope, **options) == expected


@given(st.lists(sentences, min_size=1, max_size=4))
def test_negation_ends_with_its_document(batch):
    together = WordTokenizer(negation_scope=9, punctuation="all").transform(batch)
    alone = [cut(text, negation_scope=9, punctuation="all") for text in batch]
    assert [list(row) for row in together] == alone


ascii_texts = st.text(st.characters(max_codepoint=0x7F)) | st.lists(
    st.sampled_from([*"'_:;=-^o)(DP/|*<3!?.\0\x1c\x7f\n a1", "n't", ":-)", "<3"])
).map("".join)


@given(ascii_texts, st.booleans(), st.sampled_from(["all", "emphatic", None]))
def test_the_fast_pattern_for_ascii_finds_what_the_general_one_finds(text, keep, marks):
    fast, general = compile_token_patterns(apostrophes=keep, punctuation=marks)
    assert fast.findall(text) == general.findall(text)


def test_marks_and_format_characters_are_those_of_unicode():
    for name in ("M", "Cf"):
        listed = {
            point
            for first, last in find_category(name)
            for point in range(first, last + 1)
        }
        expected = {
            point
            for point in range(0x110000)
            if unicodedata.category(chr(point)).startswith(name)
        }
        # The soft hyphen and all others lie behind ASCII.
        assert listed == expected


@given(texts)
def test_the_pattern_of_count_vectorizer_gives_its_tokens(text):
    theirs = CountVectorizer(lowercase=False)
    expected = theirs.build_analyzer()(text)
    assert cut(text, token_pattern=theirs.token_pattern) == expected


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("Isn't it?", {}, ["Isn't", "it"]),
        ("Isn't it?", {"contractions": "split"}, ["Is", "n't", "it"]),
        ("Isn't it?", {"contractions": "break"}, ["Isn", "t", "it"]),
        ("can't've", {"contractions": "split"}, ["can't", "'ve"]),
        ("they're I'm he'll we'd", {"contractions": "split"},
         ["they", "'re", "I", "'m", "he", "'ll", "we", "'d"]),
        ("DON'T", {"contractions": "split"}, ["DO", "N'T"]),
        ("o'clock rock'n'roll", {"contractions": "split"}, ["o'clock", "rock'n'roll"]),
        ("'quoted' dogs'", {}, ["quoted", "dogs"]),
        ("'tis n't", {"contractions": "split"}, ["tis", "n't"]),
        ("don''t", {}, ["don", "t"]),
        ("a bb ccc", {"min_length": 2}, ["bb", "ccc"]),
        ("I'm ok", {"min_length": 3, "contractions": "split"}, ["I", "'m"]),
        ("a ! 語", {"min_length": 2, "punctuation": "all"}, ["!", "語"]),
        ("well, OK... #1", {"punctuation": "all"},
         ["well", ",", "OK", ".", ".", ".", "#", "1"]),
        ("snake_case 3.5", {}, ["snake_case", "3", "5"]),
        ("日本語 とても", {}, ["日", "本", "語", "と", "て", "も"]),
        ("ดีมาก", {}, ["ดี", "ม", "า", "ก"]),
        ("abc語def", {}, ["abc", "語", "def"]),
        ("नमस्ते", {}, ["नमस्ते"]),
        ("cafe\u0301s", {}, ["cafe\u0301s"]),
        ("\u0301a", {}, ["a"]),
        ("שָׁלוֹם", {}, ["שָׁלוֹם"]),
        ("a\0b\x1fc\u200bd\u202ee", {"punctuation": "all"}, ["a", "b", "c", "d", "e"]),
        ("🏴\U000e0067\U000e007f!", {"punctuation": "all"}, ["🏴", "!"]),
        ("👍🏽", {"punctuation": "all"}, ["👍", "🏽"]),
        ("I <3 it :-) ok", {"punctuation": "emphatic"},
         ["I", "<3", "it", ":-)", "ok"]),
        ("What?! No. ^_^", {"punctuation": "emphatic"},
         ["What", "?", "!", "No", "^_^"]),
        (":D :Dog ;) =P", {"punctuation": "emphatic"}, [":D", "Dog", ";)", "=P"]),
        ("at http://x.y", {"punctuation": "emphatic"}, ["at", "http", "x", "y"]),
        ("好！👍 ☹ «ok»", {"punctuation": "emphatic"}, ["好", "！", "👍", "☹", "ok"]),
        ("", {}, []),
        (" \n\t\u2028", {"punctuation": "all"}, []),
    ],
)  # fmt: skip
def test_tokens(text, options, expected):
    assert cut(text, **options) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not a good film at all", ["not", "NOT_a", "NOT_good", "film", "at", "all"]),
        ("not, good! film", ["not", ",", "NOT_good", "!", "NOT_film"]),
        ("not never good", ["not", "never", "NOT_good"]),
        ("NOT GOOD", ["NOT", "NOT_GOOD"]),
        ("isn't good", ["isn't", "NOT_good"]),
        ("good not", ["good", "not"]),
        ("NOT_good is not good", ["NOT_good", "is", "not", "NOT_good"]),
        ("no 語 x y", ["no", "NOT_語", "NOT_x", "y"]),
    ],
)
def test_a_negator_turns_the_words_after_it_around(text, expected):
    assert cut(text, negation_scope=2, punctuation="all") == expected


@pytest.mark.parametrize("negator", sorted(NEGATORS - {"n't"}))
def test_each_negator_is_one(negator):
    assert cut(f"{negator} good", negation_scope=1) == [negator, "NOT_good"]


def test_a_word_written_with_the_prefix_is_the_same_word():
    tokens = WordTokenizer(negation_scope=1).transform(["NOT_good not good"])
    names = NgramVectorizer().fit(tokens).get_feature_names_out().tolist()
    assert names == ["NOT_good", "not"]


def test_stems_replace_words_and_leave_marks_alone():
    found = cut("Movies loved loving 3D !", stemmer="english", punctuation="all")
    assert found == ["movi", "love", "love", "3D", "!"]


def test_a_negator_is_known_before_it_is_stemmed():
    options = {"stemmer": "english", "negation_scope": 1}
    assert cut("nothing works hardly working", **options) == [
        "noth", "NOT_work", "hard", "NOT_work",
    ]  # fmt: skip


@pytest.mark.parametrize("language", SNOWBALL_LANGUAGES)
def test_every_stemmer_stands_every_word(language):
    words = ["ь", "ся", "y", "ayay", "aqu", "ний", "ال", "ß", "é", "İ", "ΟΔΟΣ", "naïve"]
    found = cut(" ".join(words), stemmer=language)
    assert len(found) == len(words)
    assert all(found)


@given(texts, st.sampled_from(SNOWBALL_LANGUAGES))
def test_stemming_loses_no_token(text, language):
    assert len(cut(text, stemmer=language)) == len(cut(text))


def test_the_languages_are_those_of_nltk():
    assert sorted(SNOWBALL_LANGUAGES) == sorted(SnowballStemmer.languages)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\w+", "a bc", ["a", "bc"]),
        (r"#(\w+)", "#a b #c", ["a", "c"]),
        (r"a(x)?", "a ax", ["", "x"]),
        (r"(?:a|b)", "ab", ["a", "b"]),
    ],
)
def test_a_pattern_of_ones_own_overrides_the_rules(pattern, text, expected):
    options = {"min_length": 9, "contractions": "split", "punctuation": "all"}
    assert cut(text, token_pattern=pattern, **options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"token_pattern": "("},
            "The 'token_pattern' parameter of WordTokenizer must be a regular "
            "expression. Got '(' instead: missing ), unterminated subpattern at",
        ),
        (
            {"token_pattern": "(a)(b)"},
            "The 'token_pattern' parameter of WordTokenizer must have at most one group. "
            "Got '(a)(b)' with 2. Make the others non-capturing: (?:...).",
        ),
        ({"min_length": 0}, "must be an int in the range [1, inf). Got 0 instead."),
        (
            {"contractions": "cut"},
            "must be a str among {'break', 'keep', 'split'}. Got 'cut' instead.",
        ),
        ({"stemmer": "klingon"}, "The 'stemmer' parameter of WordTokenizer must be"),
        (
            {"negation_scope": -1},
            "must be an int in the range [0, inf). Got -1 instead.",
        ),
    ],
)
def test_an_option_that_means_nothing_is_refused_by_name(options, message):
    for method in (WordTokenizer(**options).fit, WordTokenizer(**options).transform):
        with pytest.raises(ValueError, match="WordTokenizer") as caught:
            method(["a"])
        assert message in str(caught.value)


def test_blocks_of_documents_share_one_table_of_words():
    documents = [f"word{i % 7} same" for i in range(2500)]
    tokens = WordTokenizer().transform(documents)
    assert [list(row) for row in tokens] == [text.split() for text in documents]
