"""Texts that break tokenisers, for the property tests of both engines."""

from hypothesis import strategies as st

PIECES = (
    "good", "Not", "isn't", "DON'T", "'tis", "rock'n'roll", "they're", "'s", "n't",
    "NOT_good", "no", "never", "www.x.y", "http://a.b/c", "HTTPS://", "httpſ://x.y",
    "www.", "w.", "<br />", "<b", "</i>", "<!-- x -->", "<3", "<a<b>", "&amp;", "& ",
    "&lt;b&gt;", "&#233;", "&notit;", "AT&T", "`quoted'", "“x”", "don’t", "´", "a_b",
    "ΟΔΟΣ", "Σ", "İstanbul", "ſ", "K", "Ⱥ", "ß", "é", "e\u0301", "\u0301x", "हिन्दी",
    "ไทยดี", "影片很好", "カナ", "مرحبا", "٣٤", "x²", "Ⅷ", "½", "👩\u200d👩\u200d👧", "😀",
    "\U0001f1e9\U0001f1ea", "\u200e", "\u00ad", "\ufeff", "\x00", "\x1c", "\x85", "\xa0",
    "\u2028", "\u3000", "\U000e0100", "\U0002a6d6", "\U000323b0", "\U0001e030", "\u0378",
    "\U0010ffff", "\ud7ff", "!", "?!", ":-)", "...", "-", "_", "'", "''", " ", "\n", "\t",
)  # fmt: skip

documents = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=12
).flatmap(lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts)))
corpora = st.lists(documents, min_size=1, max_size=8)

TORTURE = [
    "",
    " ",
    "\x00",
    "a",
    "ΟΔΥΣΣΕΥΣ ΟΔΟΣ Σ ΑΣ. ΑΣ'Β",
    "İI ıi ẞß",
    "e\u0301te\u0301 \u0301 x\u0300\u0301y",
    "٣٤٥ १२३ x² ½ Ⅷ ①",
    "👩\u200d👩\u200d👧\u200d👦 😀😀 🇩🇪 ☺️",
    "\u0378 \U0001ff80 \U000e0100 \U0010ffff \ue000",
    "影片非常好看 とても良い映画 ภาพยนตร์ ສະບາຍດີ",
    "z" * 1_000_000,
    "é" * 300_000 + " " + "é" * 300_000,
    "a b " * 10_000,
    "<" * 50_000,
    "<a" * 50_000,
    "http://" * 10_000,
    "it's isn't 'twas rock'n'roll o''clock don''t 'a' b'",
]
