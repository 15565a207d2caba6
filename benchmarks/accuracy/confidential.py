"""Plant the company's terms in code of many languages and styles, beside look-alikes.

The terms are drawn afresh from syllables, so none is a word of any language; near misses grow them
by letters, cut them, or hide them inside longer words. The second table is the price of a long
list: the same files, scanned with 100 and with 100,000 terms.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import detect_secrets

from benchmarks.accuracy.scoring import Report, Score
from ingest.detect import confidential
from ingest.detect.detector import BlobDetector, DetectorConfig, findings_of
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from ingest.domain.tree import suffix_of

_SEED = 20_260
_TERMS = 150
_SHORT, _LONG = 100, 100_000
_CODE_BYTES = 20_000_000
_VOWELS, _CONSONANTS = "aeiou", "bdfgklmnprstvz"
_UMLAUTS = str.maketrans("aou", "äöü")

_PLACES = {
    "py": ("# {} rollout\n", "x = '{}'\n", "def load_{}(a): ...\n", "class {}Client: ...\n"),
    "java": ("import org.x.{}.Api;\n", "/** For {}. */\n", 'String s = "to {}!";\n'),
    "go": ("func New{}() {{}}\n", "// {} only\n", "var {}URL = 1\n"),
    "js": ("const {}Url = `x`;\n", "export * from './{}.js';\n", "el.className = '{}-box';\n"),
    "yaml": ("name: {}\n", "{}_enabled: true\n", "# owner is {}\n"),
    "sql": ("select * from {}_orders;\n", "-- ask {}\n"),
    "css": (".{}-panel {{ top: 0 }}\n",),
    "md": ("The {} project.\n", "see `{}`\n", "{}'s plan\n", "all {}s agree\n"),
    "env": ("{}_TOKEN_FILE=/x\n",),
    "c": ("#define {}_MAX 3\n", "int {}_init(void);\n"),
}
_STYLES: dict[str, Callable[[Sequence[str]], str]] = {
    "Title Words": lambda words: " ".join(w.capitalize() for w in words),
    "snake_case": "_".join,
    "kebab-case": "-".join,
    "camelCase": lambda words: words[0] + "".join(w.capitalize() for w in words[1:]),
    "PascalCase": lambda words: "".join(w.capitalize() for w in words),
    "UPPER_CASE": lambda words: "_".join(words).upper(),
    "joined": "".join,
    "dotted.name": ".".join,
    "two  spaces": "  ".join,
}


@dataclass(frozen=True, slots=True)
class _Case:
    kind: str
    suffix: str
    text: str
    category: Category
    is_there: bool


def run(*, peers: bool) -> list[Report]:
    """Return the tables; no peer looks for a company's terms inside identifiers."""
    del peers
    rng = random.Random(_SEED)
    codenames = [_term(rng, n % 3) for n in range(_TERMS)]
    company = CompanyProfile(
        codenames=tuple(" ".join(words) for words in codenames),
        customers=("SAP", "3M", "Apple", "Müller & Söhne GmbH", "Grünwald", "Fernwick Inc"),
        logins=("jroe", "max", "m.koslow", "art", "anna.b"),
        hosts=("git.umbra.example", "registry.umbra.example"),
        packages=("@umbra", "com.umbra", "umbra_", "go.umbra.dev/"),
        ticket_prefixes=("PAY", "OPS"),
    )
    cases = [*_term_cases(rng, codenames), *_other_cases()]
    with tempfile.TemporaryDirectory() as cache:
        detector = _build(company, Path(cache))
        return [_accuracy(detector, cases), _cost(Path(cache))]


def _build(company: CompanyProfile, cache: Path) -> BlobDetector:
    key = HmacKey(key_id="bench", material=b"k" * 32)
    return confidential.build(DetectorConfig(key=key, company=company, cache_dir=cache))


def _term(rng: random.Random, extra_words: int) -> list[str]:
    return [_word(rng, rng.choice((2, 3, 3, 4))) for _ in range(1 + min(extra_words, 1))]


def _word(rng: random.Random, syllables: int) -> str:
    word = "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(syllables))
    return word + rng.choice(_CONSONANTS)


def _term_cases(rng: random.Random, terms: Sequence[Sequence[str]]) -> Iterator[_Case]:
    for words in terms:
        for style, write in _STYLES.items():
            suffix = rng.choice(list(_PLACES))
            place = rng.choice(_PLACES[suffix])
            text = place.format(write(words))
            yield _Case(style, suffix, text, Category.CODENAME, is_there=_is_apart(place, style))
        for miss in _near_misses(rng, words):
            suffix = rng.choice(list(_PLACES))
            text = f"x = {miss};\n"
            yield _Case("near miss", suffix, text, Category.CODENAME, is_there=False)


def _is_apart(place: str, style: str) -> bool:
    """Say whether a place shows where the term ends: ``loadblue`` shows nothing of ``blue``."""
    before, _, after = place.partition("{}")
    if style == "UPPER_CASE":
        # FALCONUrl and FALCONClient show where the term ends, FALCONURL does not
        return not (after[:1].isupper() and after[1:2].isupper())
    return style in ("Title Words", "PascalCase") or not before[-1:].isalpha()


def _near_misses(rng: random.Random, words: Sequence[str]) -> list[str]:
    word = "".join(words)
    letter = rng.choice(_CONSONANTS.replace("s", ""))  # an s makes a plural
    return [
        word + letter + "er",
        letter + "o" + word,
        word[:-1],
        word[1:],
        letter + word.upper() + letter.upper(),
        word[: len(word) // 2] + letter + letter + word[len(word) // 2 :],
        "con" + word + "ation",
    ]


def _other_cases() -> Iterator[_Case]:
    rows: list[tuple[Category, bool, tuple[str, ...]]] = [
        (Category.CUSTOMER, True, (
            "# for SAP\n", "the 3M order\n", "Apple's order\n", "x = 'Müller & Söhne GmbH'\n",
            "Müller & Söhne\n", "grunwaldClient()\n", "GRUENWALD_URL=1\n", "Grünwald\n",
            "GRÜNWALD\n", "Gru\u0308nwald\n", "fernwick_orders\n",
        )),
        (Category.CUSTOMER, False, (
            "sap = tree.sap()\n", "x3M4\n", "apple pie\n", "applet()\n", "ASAP\n", "fernwicky\n",
            "grunwaldian\n", "isApple\n",
        )),
        (Category.EMPLOYEE_LOGIN, True, (
            "owner: jroe\n", "# TODO(max): x\n", "/home/art/x\n", "m.koslow wrote\n",
            "assignee = 'anna.b'\n", "JROE\n", "reviewers: max\n",
        )),
        (Category.EMPLOYEE_LOGIN, False, (
            "max(a, b)\n", "state of the art\n", "jroe2\n", "jroes\n", "x.max()\n", "np.max\n",
            "m_koslow\n", "clip-art\n", "a_jroe_b\n",
        )),
        (Category.INTERNAL_HOST, True, (
            "git clone https://git.umbra.example/x\n", "FROM registry.umbra.example/b:1\n",
            "h = 'db-01.corp'\n", "ssh://jump.internal:22\n", "a.git.umbra.example\n",
        )),
        (Category.INTERNAL_HOST, False, (
            "threading.local()\n", "git.umbra.example.org\n", "self.config.internal\n",
            "legit.umbra.example\n", "host.docker.internal\n",
        )),
        (Category.PACKAGE_SCOPE, True, (
            "import '@umbra/ui'\n", "import com.umbra.pay.X;\n", "pip install umbra-utils\n",
            "from umbra_pay import x\n", "require go.umbra.dev/pay v1\n", "src/com/umbra/X.java\n",
        )),
        (Category.PACKAGE_SCOPE, False, (
            "penumbra_x\n", "@umbrage/ui\n", "com.umbrage.x\n", "a@umbra/x\n", "cargo.umbra.dev\n",
        )),
        (Category.TICKET_ID, True, ("# PAY-12\n", "fix/ops-7-x\n", "(PAY-123)\n")),
        (Category.TICKET_ID, False, ("UTF-8\n", "REPAY-1\n", "PAY-0\n", "PAY-1.2\n")),
        (Category.PRIVATE_IP, True, ("h = '10.1.2.3'\n", "172.20.1.9:80\n", "192.168.7.7/24\n")),
        (Category.PRIVATE_IP, False, ("v10.1.2.3\n", "a==10.1.2.3\n", "8.8.8.8\n", "10.0.0.0/8\n")),
    ]  # fmt: skip
    for category, is_there, texts in rows:
        for text in texts:
            yield _Case("listed", "py", text, category, is_there=is_there)


def _accuracy(detector: BlobDetector, cases: Sequence[_Case]) -> Report:
    scores: dict[str, Score] = {}
    for case in cases:
        view = ScanText(blob_id="0" * 40, suffix=case.suffix, data=case.text.encode())
        found = any(f.category == case.category for f in findings_of(detector, view))
        name = (
            f"{case.category.value}, {case.kind}" if case.kind != "listed" else case.category.value
        )
        hit = Score(
            true_positives=int(found and case.is_there),
            false_positives=int(found and not case.is_there),
            false_negatives=int(not found and case.is_there),
        )
        scores[name] = scores.get(name, Score()) + hit
    counts = Counter(
        f"{c.category.value}, {c.kind}" if c.kind != "listed" else c.category.value for c in cases
    )
    rows = [
        (name, str(counts[name]), score.recall.show(), str(score.false_positives))
        for name, score in scores.items()
    ]
    total = sum(scores.values(), Score())
    rows.append(("all", str(len(cases)), total.recall.show(), str(total.false_positives)))
    return Report(
        title="Confidential identifiers",
        columns=("what", "cases", "recall", "false alarms"),
        rows=rows,
        note=f"Precision over all: {total.precision.show()}.",
    )


def _cost(cache: Path) -> Report:
    texts = list(_code())
    size = sum(len(text.data) for text in texts)
    rows = []
    first = 0.0
    for count in (_SHORT, _LONG):
        company = CompanyProfile(customers=tuple(_customers(count)))
        cold = _seconds(lambda c=company: _build(c, cache))
        warm = _seconds(lambda c=company: _build(c, cache))
        detector = _build(company, cache)
        spent = min(_seconds(lambda d=detector: [d.scan(t) for t in texts]) for _ in range(3))
        first = first or spent
        rows.append(
            (
                f"{count:,}",
                f"{cold:.1f} s",
                f"{warm:.1f} s",
                f"{size / 1e6 / spent:.0f} MB/s",
                f"{spent / first:.2f}",
            )
        )
    return Report(
        title="The price of a long list",
        columns=("terms", "load, first time", "load, cached", "scan", "scan against 100 terms"),
        rows=rows,
        note=f"{len(texts):,} Python files of installed packages, {size / 1e6:.0f} MB; CPU time.",
    )


def _customers(count: int) -> Iterator[str]:
    rng = random.Random(_SEED)
    for number in range(count):
        words = [_word(rng, rng.choice((3, 4))).capitalize() for _ in range(1 + number % 2)]
        yield " ".join(words) + ("" if number % 5 else " GmbH")


def _code() -> Iterator[ScanText]:
    size = 0
    for path in sorted(Path(detect_secrets.__file__).parent.parent.rglob("*.py")):
        data = path.read_bytes()
        size += len(data)
        if size > _CODE_BYTES:
            return
        yield ScanText(blob_id="0" * 40, suffix=suffix_of(path.name.encode()), data=data)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
