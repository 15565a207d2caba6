"""Words against the use of a work for training of models, in many languages.

A sentence says so when it speaks of models that learn, of making them learn, and refuses or
reserves something, and of a work, for code speaks of training too; or it is one of the slogans.
Sentences are read as text and not as folded bytes, so that every script
counts; spans are of bytes.
"""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.licensing.evidence import NO_TRAINING, Evidence, Kind
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import EDGE, matches_at, openings, quoted
from ingest.detect.licensing.training_languages import OTHERS, Language

_REACH: Final = 300
"""Characters of a sentence that are read to either side of the word for a model."""
_MAX_SIGNS: Final = 8
_FILLING = re.compile(r"(?<=\n)[ \t]*(?:[*#;%!>|]|//|--|<!--)[ \t*#/;%!>|-]*")
"""Comment marks, in the middle of sentences that go on in the next line."""
_END = re.compile(r"[.!?](?=\s)|[。！？]|\n[^\S\n]*\n")


_MODELS: Final = (
    r"\b(?:gen(?:erative)?[ -]?)?ai(?:s|/ml)?\b|\bartificial intelligence\b"
    r"|\bmachine[ -]learning\b"
    r"|\bdeep[ -]learning\b|\bml (?:models?|systems?|training|data ?sets?)\b|\bllms?\b"
    r"|\b(?:language|generative|foundation|diffusion|code|predictive|statistical)[ -]models?\b"
    r"|\bneural net\w*|\b(?:github )?copilot\b|\bchat-?gpt\b|\bopenai\b|\bgpt-?\d|\bchatbots?\b"
    r"|\btext[ -](?:and|&)[ -]data[ -]mining\b|\btdm\b|\bmodel training\b"
    r"|\btraining (?:corpora|corpus)\b"
)
_LEARN: Final = (
    r"\b(?:pre-?)?train(?:s|ed|ing)?\b|\bfine-?tun\w+|\bingest\w*|\bscrap(?:e|es|ed|ing)\b"
    r"|\bcrawl\w*|\bfe(?:ed|eds|eding|d)\b|\bdata ?sets?\b|\bcorp(?:us|ora)\b|\bmining\b|\btdm\b"
    r"|\blearn(?:s|ing)?\b|\bdistill?\w*|\bembeddings?\b|\binputs?\b|\binclud(?:e|ed|ing|es) in\b"
    r"|\b(?:creat|improv|develop|build|enhanc|evaluat|benchmark|test)(?:e|es|ed|ing|ment)?\b"
)
_REFUSE: Final = (
    r"\b(?:may|must|shall|can|should) ?(?:not|never|neither)\b|\bcannot\b|\bno longer\b"
    r"|\bnot (?:be )?(?:permit|allow|authori|grant|licen|consent|agree|intended|available)\w*"
    r"|(?<!was\s)(?<!were\s)\b(?:prohibit|forbid|forbad|disallow|exclud|preclud|reserv|refus|withh[eo]ld|revok"
    r"|unauthori)\w*|\bopt(?:s|ed|ing)?[ -]?out\b|\bbanned\b|\boff[ -]limits\b"
    r"|\bno (?:part|portion|one|person|right|permission|licen[cs]e|consent|use|content)\b"
    r"|\bnot (?:for|to be)\b|\bagrees? not to\b|\b(?:excepting|except (?:for|to|that|the|when))\b"
    r"|\b(?:do|does) ?n[o'’]?t (?:\w+ )?(?:grant|permit|allow|consent|authori[sz]e|agree|extend"
    r"|(?:include|cover) (?:any |the )?(?:rights?|permission|use|licen[cs]e)\b"
    r"|use|feed|train|ingest|scrape|crawl|submit|upload|paste|give|share|let)\b"
    r"|\bwithout (?:[\w’'-]+ ){0,8}(?:consent|permission|licen[cs]e|authori[sz]ation|agreement"
    r"|approval)\b|\brequires? (?:[\w’'-]+ ){0,6}(?:licen[cs]e|permission|consent|agreement"
    r"|approval)\b|\bother than\b"
)
_WORK = re.compile(
    r"\b(?:this|these|our|my|said|such|any|all|whole|in part|part of|portions? of|copy of"
    r"|derived from)"
    r" (?:\w+ ){0,2}?(?:software|code|codebase|source|files?|repositor\w+|repo|works?|contents?"
    r"|materials?|documents?|documentation|projects?|packages?|library|program|product|texts?"
    r"|outputs?|licen[cs]e|page|site|website|publication|book|module|script)\b(?! models?\b)"
    r"|\bthe (?:\w+ )?(?:software|source(?: code)?|code|repository|works?|library|program|package"
    r"|contents?|materials?|product|documentation|licensed \w+|licensee|licensor|authors?"
    r"|copyright\w*)\b(?! (?:models?|embeddings?|generation|completion)\b)"
    r"|\b(?:us(?:e|es|ing|age)|train(?:ing)?|feed(?:ing)?|ingest\w*|scrap\w+|copy(?:ing)?|includ\w+"
    r"|put|upload\w*|submit\w*|past\w+|giv\w+|shar\w+) (?:of )?(?:it|this|these|them)\b"
    r"|\b(?:it|this) (?:may|must|shall|should|is) not (?:be |to be |for |for use |available )"
    r"|\bcopyright|\blicen[cs](?:e[es]?|ors?|ed|ing)\b(?! (?:keys?|agreements?|servers?|files?))"
    r"|\brights? (?:to|of|are|is|reserved)\b|\b(?:no|give|grant|granted|your) permission\b"
    r"|\bpermission (?:is|to use (?:this|it))\b|\bpermitted purposes?\b"
)
_HEADING: Final = (
    r"^\W*not (?:to be used|for use|intended) (?:as|for|in) [^.]{0,40}?\b(?:ai|llms?"
    r"|machine[ -]learning|neural|language models?)\b"
)
_SLOGANS: Final = (
    r"(?<![\w-])no-?ai(?:-(?:training|license|use|clause))?(?![\w-])|-no-?ai\b|\bnoimageai\b"
    r"|\bno (?:ai|llm|machine[ -]learning)[ /-]?(?:ml )?(?:model )?(?:training|scraping"
    r"|ingestion|crawlers?)\b"
    r"|\b(?:ai|llm|machine[ -]learning|model)[ -]?(?:model )?train(?:ing|ers?)"
    r"(?: ?(?::|-)| is| are)? ?(?:strictly |expressly |hereby )?(?:prohibited|forbidden"
    r"|not (?:allowed|permitted)|disallowed|excluded|reserved|opt-?out|no\b)"
    r"|\bnot for (?:use in |use by |use as |use for )?(?:\w+ )?(?:ai|llms?"
    r"|machine[ -]learning|model training|ml)\b"
    r"|\bopt(?:s|ed|ing)?[ -]?out (?:of|from) (?:(?:all|any|the|its|use|being|used|for|in|by|of"
    r"|inclusion|having|training|ingestion|scraping|generative|automated|to|train|code) ){0,6}"
    r"(?:ai|llm|machine|tdm|text[ -]and|model training|data mining)\b"
    r"|\btdm[ -](?:reservation|reserved|opt)\w*|\bai[ -]training[ -]opt[ -]?out"
    r"|(?<!we\s)(?<!they\s)(?<!i\s)(?<!you\s)(?<!to\s)(?<!but\s)(?<!that\s)"
    r"\b(?:do not|don['’]?t|never) (?:train|feed|ingest|scrape)\b(?=[^.\n]{0,60}?\b(?:ai|llms?"
    r"|models?|copilot|chat-?gpt|bots?)\b)(?=[^.\n]{0,80}?\b(?:this|these|it|my|our|the (?:code"
    r"|source|software|repo\w*|project|files?|contents?|works?))\b(?! models?\b))"
    r"|(?:^|[.!:] )(?:do not|don['’]?t) train (?:any |an |your )?(?:ai|llms?)\b"
    r"|\bki-training[^.]{0,24}?(?:verboten|untersagt|nicht)|ai ?(?:训练|訓練|学習|學習)(?:は|への)?"
    r"(?:禁止|利用|不可)|禁止(?:用于|用於)? ?ai ?(?:训练|訓練|学习)|ai ?학습 ?(?:금지|불가)"
    r"|\bprohibit(?:ed|s)? (?:uses?|purposes?)[^.]{0,60}?\b(?:ai|llm|machine[ -]learning"
    r"|model)\b[^.]{0,30}?\btrain"
    r"|\bexclud\w+ (?:uses?|purposes?)[^.]{0,60}?\btrain\w*[^.]{0,30}?\b(?:ai|llm"
    r"|machine[ -]learning|models?)\b"
)
_SLOGAN = re.compile(f"{_SLOGANS}|{_HEADING}")
_ENGLISH: Final = Language(
    models=re.compile(_MODELS), learn=re.compile(_LEARN), refuse=re.compile(_REFUSE), work=_WORK
)
_LANGUAGES: Final = (_ENGLISH, *OTHERS)
_MINING = re.compile(r"\bdata[ -]mining\b|\btdm\b|2019/790|\bdsm[ -]directive|\b§ ?44b\b")
_REFUSED_MINING = re.compile(
    r"reserv|vorbehalt|réserv|riserva|prohibit|forbid|not (?:be )?(?:permitted|allowed)"
    r"|opt\w{0,3}[ -]out"
)
_SIGNS: Final = (*(x.models.pattern for x in _LANGUAGES), _MINING.pattern, _SLOGANS)
_ANY_SIGN = re.compile(phrase("|".join(f"(?:{sign})" for sign in (*_SIGNS, _HEADING))))

_NEAR_REFUSAL: Final = (
    rb"(?i)\b(?:not|never|no|cannot|without|prohibit|forbid|disallow|exclud|except|reserv|require"
    rb"|opt(?:s|ed)?[ -]?out|don'?t|verboten|untersagt|nicht|interdi|prohib|proib|vieta|zabron"
    rb"|niet|verboden|agree|consent|unauthori|off)"
)
TRAINING_WORDS: Final[dict[str, bytes]] = dict.fromkeys(
    (
        *(
            " ai ",
            " ai.",
            " ai,",
            " ai-",
            " ai/",
            "ai/ml",
            "-ai",
            "noai",
            "genai",
            " llm",
            "copilot",
        ),
        *("chatgpt", "openai", "generative", "foundation model", "neural net", "code model"),
        *("deep learning", "deep-learning", "model training", "training corp", "ml model", " tdm"),
        *("not train ", "n't train ", "never train ", "model train"),
        *("data mining", "2019/790", "dsm directive", "predictive model", "diffusion model"),
        *(" ki ", " ki-", "sprachmodell", "maschinelle", "neuronale", "d'ia", "'ia "),
        *("intelligence artificielle", "apprentissage", "modèles de langage", " ia "),
        *("inteligencia artificial", "inteligência artificial", "aprendizaje autom"),
        *("aprendizado de", "intelligenza artificiale", "apprendimento automatico"),
        *("kunstmatige", "taalmodel", "artificiell", "kunstig intelligens"),
        *("sztuczn", "uczenia maszynowego", "umělé intelig", "strojového", "yapay zek"),
    ),
    _NEAR_REFUSAL,
)
"""Words of the prefilter, and what has to stand near them: code is full of the words alone."""
TRAINING_STEMS: Final = (
    *("künstliche", "искусственн", "машинного обуч", "нейросет", "языковых модел", "штучного"),
    *("人工智能", "人工智慧", "机器学习", "機器學習", "大模型", "语言模型", "語言模型", "人工知能"),
    *("機械学習", "言語モデル", "ai学習", "ai 学習", "ai训练", "ai訓練", "인공지능", "인공 지능"),
    *("기계 학습", "머신러닝", "언어 모델", "ai 학습"),
    *(
        "tekoäly",
        "koneoppimi",
        "kielimalli",
        "mesterséges intelligenci",
        "gépi tanul",
        "nyelvi modell",
    ),
    *("inteligenț", "învăța", "trí tuệ nhân tạo", "học máy", "mô hình ngôn ngữ"),
    *("kecerdasan buatan", "pembelajaran mesin", "model bahasa", "τεχνητ", "μηχανικ", "γλωσσικ"),
    *("ذكاء الاصطناعي", "تعلم الآلي", "בינה מלאכותית", "למידת מכונה", "कृत्रिम बुद्धि", "मशीन लर्निंग"),
)
_GATE: Final = (
    *(*TRAINING_STEMS, *(word.strip() for word in TRAINING_WORDS if word.strip().count(" ") == 1)),
    *(
        " ai",
        "\nai",
        "-ai",
        "artificial",
        "copilot",
        "chatgpt",
        "openai",
        "2019/790",
        "sprachmodell",
        "maschinelle",
        "künstlich",
        "inteligência",
        "inteligencia",
        "intelligenza",
        "taalmodel",
        "sztuczn",
        "yapay",
    ),
    *("not train", "n't train", "n’t train", "never train", "not feed", "n't feed", "not scrape"),
    *("intelligen", "learning", "models", "mesterséges"),
    *("/ai", "(ai", "noai", "genai", "llm", "tdm", "gpt", " ki", " ia", "'ia", "’ia"),
    *("machine learn", "machine-learn", "machinaal", "maskin", "language model", "language-model"),
    *("neural", "lenguaje", "linguagem", "linguistic", "neurona", "neurone", "neurais", "langage"),
    *("machine lern", "kunstig", "językow", "jazykov", "dil model", "makine", "chatbot", "copilot"),
    *("strojov", "maszynow", "umělé", "ии", "ші", "штучн", "нейрон", "мовн", "языков", "машинн"),
    *("mineraç", "minería", "mineria", "fouille", "generative model", "statistical model"),
    *("text und data", "text- und data", "§ 44b", "§44b", "deep", "ml training", "ml system"),
    *("aprendi", "apprend", "génératif", "generativ", "neuronal", "code-model", "ml data"),
)
"""One of these stands before anything that `_ANY_SIGN` finds in a text without ideographs; to look
for each of them costs less than to try the expression at every character."""
_BLANK = re.compile(r"(?<=.) ")
_IDEOGRAPHS: Final = "\u3000"
_OPENINGS: Final = sorted(
    {_BLANK.split(x, maxsplit=1)[0] for sign in _SIGNS for x in openings(phrase(sign))}
)
"""With which signs begin, but for those at the start of a text, up to a blank within."""


class TrainingReader:
    """Finds words against the training of models in regions."""

    def __init__(self) -> None:
        """Compile the words by which sentences are told."""
        words = sorted({word.encode() for word in _GATE})
        patterns = [Pattern(id=i, expression=w) for i, w in enumerate(words)]
        self._words = Funnel(patterns, literal=True)
        # What is a blank to `re` may be one of many, of several bytes.
        plain = [literal.removeprefix(" ") for literal in _OPENINGS]
        starts = [Pattern(id=i, expression=quoted(x, "utf-8")) for i, x in enumerate(plain)]
        self._openings = Funnel(starts)
        self._sizes = [len(literal.lstrip(EDGE).encode()) for literal in plain]
        self._leads = [len(x) - len(y) for x, y in zip(_OPENINGS, plain, strict=True)]

    def find_training(self, piece: bytes) -> list[Evidence]:
        """Return words against the training of models in a region, spans in bytes of it."""
        text = piece.decode("utf-8", "surrogateescape").replace("İ", "i").lower()
        places = list(self.places(text))
        if not places:
            return []
        # Blanks instead of marks keep every position.
        text = _FILLING.sub(lambda m: " " * len(m[0]), text)
        found: dict[tuple[int, int], Evidence] = {}
        for start, end in _refusals(text, places):
            low = len(text[:start].encode("utf-8", "surrogateescape"))
            high = low + len(text[start:end].encode("utf-8", "surrogateescape"))
            found[low, high] = Evidence(
                start=min(low, len(piece)),
                end=min(high, len(piece)),
                kind=Kind.RESTRICTION,
                spdx=NO_TRAINING,
                score=1.0,
            )
            if len(found) == _MAX_SIGNS:
                break
        return [found[span] for span in sorted(found)]

    def places(self, text: str) -> Iterator[int]:
        """Yield ascending places of which at least one lies in each sentence with a sign."""
        padded = f" {text}".encode("utf-8", "surrogateescape")
        if not text.isascii() and max(text) >= _IDEOGRAPHS:
            yield from (
                match.start() for match in matches_at(_ANY_SIGN, text, self._starts(padded))
            )
            return
        ends = sorted({end for end, _word, _start in self._words.matches(padded)})
        yield from (max(0, count - 2) for count in _characters(padded, ends))

    def _starts(self, padded: bytes) -> list[int]:
        """Return the ascending characters at which signs may begin, of a text behind a blank."""
        starts: dict[int, set[int]] = {}
        for end, number, _start in self._openings.matches(padded):
            starts.setdefault(end - self._sizes[number], set()).add(self._leads[number])
        places = sorted(starts)
        counts = zip(places, _characters(padded, places), strict=True)
        found = {count - 1 - lead for place, count in counts for lead in starts[place]}
        return sorted({0, *found} - {-1})


def _characters(data: bytes, places: Iterable[int]) -> Iterator[int]:
    """Yield how many characters stand before ascending places between characters."""
    count = last = 0
    for place in places:
        count += len(data[last:place].decode("utf-8", "surrogateescape"))
        last = place
        yield count


def _refusals(text: str, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of sentences that refuse training."""
    last = -1
    for place in places:
        if place < last:
            continue
        start, end = _sentence(text, place, place)
        last = max(end, place + 1)
        if _is_refusal(text[start:end]):
            yield start, end


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a span, without white space at its ends."""
    low = max(0, start - _REACH)
    for stop in _END.finditer(text, low, start):
        low = stop.end()
    stop_after = _END.search(text, end, min(len(text), end + _REACH))
    high = stop_after.start() if stop_after else min(len(text), end + _REACH)
    body = text[low:high]
    return low + len(body) - len(body.lstrip()), high - len(body) + len(body.rstrip())


@lru_cache(maxsize=1024)
def _is_refusal(sentence: str) -> bool:
    words = " ".join(sentence.split())
    if _SLOGAN.search(words):
        return True
    if _MINING.search(words) and _REFUSED_MINING.search(words):
        return True
    return any(_meet(language, words) for language in _LANGUAGES)


def _meet(language: Language, words: str) -> bool:
    """Tell whether all of them stand there."""
    return bool(
        language.models.search(words)
        and language.learn.search(words)
        and language.refuse.search(words)
        and language.work.search(words)
    )
