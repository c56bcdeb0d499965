"""Lists of stop words, and where they come from."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from sentiment.exceptions import DataError

# English function words, without the negators: "not", "no", "never" and the n't words
# carry sentiment (removing them costs 0.3 points of accuracy on IMDB). With the
# contractions, whole and as the endings that a split leaves.
ENGLISH = (
    """
    a about after again all also am an and any are as at be because been before being
    between both but by can could did do does doing done during each either every few
    for from further had has have having he her here hers herself him himself his how i
    if in into is it its itself just may me might more most much must my myself of off
    on once one only onto or other our ours ourselves out over own per same shall she
    should since so some such than that the their theirs them themselves then there
    these they this those through to too under until up upon us very was we were what
    when where whether which while who whom whose why will with within would you your
    yours yourself yourselves
    i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's
    it'd it'll we're we've we'd we'll they're they've they'd they'll that's there's
    here's what's who's where's let's
    's 're 've 'd 'll 'm
    """
).split()

# The 127 words of NLTK's English list before 2017, which the Kedro tutorial uses.
TUTORIAL = (
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his
    himself she her hers herself it its itself they them their theirs themselves what
    which who whom this that these those am is are was were be been being have has had
    having do does did doing a an the and but if or because as until while of at by for
    with about against between into through during before after above below to from up
    down in out on off over under again further then once here there when where why how
    all any both each few more most other some such no nor not only own same so than too
    very s t can will just don should now
    """
).split()


class StopWordList(NamedTuple):
    """The words, where they come from, and a digest that identifies them."""

    words: list[str]
    source: str
    sha256: str


def read_stop_words(
    stop_words: str | Path | list[str] | tuple[str, ...] | None, language: str
) -> StopWordList:
    """Resolve what a user named to the words themselves, sorted."""
    if stop_words is None:
        words, source = [], "none"
    elif isinstance(stop_words, list | tuple):
        words, source = list(stop_words), "list"
    elif stop_words == "english":
        words, source = ENGLISH, "english"
    elif stop_words == "tutorial":
        words, source = TUTORIAL, "tutorial"
    elif stop_words == "nltk":
        words, source = _read_nltk(language), f"nltk:{language}"
    else:
        words, source = _read_file(Path(stop_words)), f"file:{Path(stop_words).name}"
    words = sorted(set(words))
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()
    return StopWordList(words, source, digest)


def _read_nltk(language: str) -> list[str]:
    from nltk.corpus import stopwords

    try:
        known = stopwords.fileids()
    except LookupError:
        raise DataError(
            "StopWordRemover(stop_words='nltk') needs NLTK's stop word corpus, which "
            "is not installed. Run once: python -m nltk.downloader stopwords"
        ) from None
    if language not in known:
        raise DataError(
            f"NLTK has no stop words for the language {language!r}. It has: "
            f"{', '.join(sorted(known))}."
        )
    return list(stopwords.words(language))


def _read_file(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise DataError(
            f"StopWordRemover takes 'english', 'tutorial', 'nltk', a list or a file. "
            f"Got {str(path)!r}, and there is no such file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} cannot be read as UTF-8 stop words: {error}."
        ) from None
    stripped = (line.split("#", 1)[0].strip() for line in lines)
    return [word for word in stripped if word]
