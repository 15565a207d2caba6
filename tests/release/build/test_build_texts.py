from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from ingest.domain.finding import Category, Finding
from ingest.errors import MirrorCorrupt
from policies.decision import Tier
from release.build.inputs import SECRETS
from release.build.plan import ReleasePlan, plan_release
from release.build.texts import Inspector, ShippedText, shipped_texts
from tests.strategies.release import Corpus, File, MarkerScanner, MemoryBlobs, marker


def _inspector(scanner: MarkerScanner | None = None) -> Inspector:
    return Inspector(scanner=scanner or MarkerScanner(), refused=SECRETS)


def _ship(
    *files: File, inspector: Inspector | None = None, blobs: MemoryBlobs | None = None
) -> list[ShippedText]:
    corpus = Corpus(files=files)
    plan = plan_release(corpus.inputs, Tier.RELEASABLE)
    return list(shipped_texts(plan, blobs or corpus.blobs, inspector or _inspector()))


def test_texts_are_normalised_and_come_in_plan_order() -> None:
    files = [File(repo="r", path=p, data=b"caf\xe9 " + p) for p in (b"b", b"a")]
    assert [t.data.decode() for t in _ship(*files)] == ["café a", "café b"]


def test_a_text_that_still_shows_a_value_after_redaction_is_held() -> None:
    class Forgetful(MarkerScanner):
        """Found one of the two values when the facts were made."""

    data = marker(Category.PASSWORD, 1) + b"\n" + marker(Category.PASSWORD, 2)
    corpus = Corpus(files=(File(repo="r", path=b"a", data=data),))
    plan = plan_release(corpus.inputs, Tier.RELEASABLE)
    spans = [plan.rows["spans"][0].as_py()[:1]]
    position = plan.rows.schema.get_field_index("spans")
    column = pa.array(spans, plan.rows.schema.field("spans").type)
    partial = replace(plan, rows=plan.rows.set_column(position, "spans", column))
    (text,) = shipped_texts(partial, corpus.blobs, _inspector(Forgetful()))
    assert (text.held_by, text.data) == ("REDACTION_INCOMPLETE", b"")


def test_names_that_a_notice_keeps_do_not_hold_a_redacted_text() -> None:
    name, key = marker(Category.PERSON), marker(Category.PASSWORD)
    data = b"# " + name + b"\n" + key
    file = File(
        repo="r", path=b"a", data=data, ownership="third_party", notices=((0, 2 + len(name)),)
    )
    (text,) = _ship(file)
    assert text.data == b"# " + name + b"\n<PASSWORD>"


def test_texts_without_redaction_are_left_to_the_exit_scan() -> None:
    scanner = MarkerScanner()
    (text,) = _ship(File(repo="r", path=b"a", data=b"x"), inspector=_inspector(scanner))
    assert (text.data, scanner.calls) == (b"x", 0)


def test_a_finding_that_is_a_placeholder_is_no_leak() -> None:
    class SeesPlaceholders(MarkerScanner):
        def scan(
            self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
        ) -> list[Finding]:
            (template,) = MarkerScanner().scan(marker(Category.PASSWORD), suffix)
            start = text.find(b"<PASSWORD>")
            return [replace(template, start=start, end=start + 10)] if start >= 0 else []

    inspector = _inspector(SeesPlaceholders())
    assert not inspector.leaks(b"p = <PASSWORD>", "py")


def test_what_only_a_language_model_finds_is_no_leak() -> None:
    class SeesNames(MarkerScanner):
        def scan(
            self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
        ) -> list[Finding]:
            found = super().scan(text, suffix, wanted)
            return [replace(finding, evidence="ner") for finding in found]

    value = marker(Category.PERSON)
    also = frozenset({Category.PERSON})
    assert _inspector().leaks(value, "", also=also)
    assert not _inspector(SeesNames()).leaks(value, "", also=also)


def test_accepted_identities_are_no_leaks() -> None:
    value = marker(Category.PASSWORD)
    (finding,) = MarkerScanner().scan(value, "")
    assert _inspector().leaks(value, "") == [finding]
    cleared = replace(_inspector(), accepted=frozenset({finding.hmac}))
    assert not cleared.leaks(value, "")


@pytest.mark.parametrize(
    ("path", "data"), [(b"a", b"see k9Known"), (b"docs/k9Known/a", b"x"), (b"a", b"k9Known")]
)
def test_a_text_with_a_secret_of_another_text_is_held(path: bytes, data: bytes) -> None:
    inspector = _inspector(MarkerScanner(b"k9Known"))
    held, free = _ship(
        File(repo="r", path=path, data=data),
        File(repo="r", path=b"z", data=b"k9"),
        inspector=inspector,
    )
    assert (held.held_by, held.data) == ("KNOWN_VALUE", b"")
    assert (free.held_by, free.data) == ("", b"k9")


def test_a_known_value_that_people_have_cleared_holds_nothing() -> None:
    scanner = MarkerScanner(b"k9Known")
    ((finding,),) = scanner.scan_known([b"k9Known"])
    cleared = replace(_inspector(scanner), accepted=frozenset({finding.hmac}))
    (text,) = _ship(File(repo="r", path=b"a", data=b"k9Known"), inspector=cleared)
    assert text.data == b"k9Known"


def test_a_blob_that_does_not_hash_to_its_id_stops_the_build() -> None:
    file = File(repo="r", path=b"a", data=b"x")
    forged = MemoryBlobs({file.repo_id: {file.blob_id: b"y"}})
    with pytest.raises(MirrorCorrupt):
        _ship(file, blobs=forged)


def test_a_missing_blob_stops_the_build() -> None:
    file = File(repo="r", path=b"a", data=b"x")
    with pytest.raises(MirrorCorrupt):
        _ship(file, blobs=MemoryBlobs({file.repo_id: {}}))


def test_a_blob_that_is_no_text_is_held() -> None:
    facts = File(repo="r", path=b"a", data=b"\0", hidden=True)
    plan: ReleasePlan = _plan_of_binary(facts)
    (text,) = shipped_texts(plan, Corpus(files=(facts,)).blobs, _inspector())
    assert text.held_by == "NOT_TEXT"


def _plan_of_binary(file: File) -> ReleasePlan:
    return plan_release(Corpus(files=(file,)).inputs, Tier.RELEASABLE)


def test_a_span_of_another_text_holds_the_row() -> None:
    corpus = Corpus(files=(File(repo="r", path=b"a", data=marker(Category.PASSWORD)),))
    plan = plan_release(corpus.inputs, Tier.RELEASABLE)
    column = pa.array(
        [[{"start": 0, "end": 9999, "category": "PASSWORD"}]],
        plan.rows.schema.field("spans").type,
    )
    position = plan.rows.schema.get_field_index("spans")
    wrong = replace(plan, rows=plan.rows.set_column(position, "spans", column))
    (text,) = shipped_texts(wrong, corpus.blobs, _inspector())
    assert text.held_by == "SPAN_OUTSIDE_TEXT"


def test_a_value_that_cannot_be_taken_out_of_the_syntax_holds_the_row() -> None:
    corpus = Corpus(files=(File(repo="r", path=b"a.py", data=b"while a:\n    break\n"),))
    plan = plan_release(corpus.inputs, Tier.RELEASABLE)
    column = pa.array(
        [[{"start": 0, "end": 18, "category": "PRIVATE_KEY"}]],
        plan.rows.schema.field("spans").type,
    )
    position = plan.rows.schema.get_field_index("spans")
    cut = replace(plan, rows=plan.rows.set_column(position, "spans", column))
    (text,) = shipped_texts(cut, corpus.blobs, _inspector())
    assert (text.held_by, text.data) == ("REDACTION_BREAKS_SYNTAX", b"")


def test_a_name_that_a_notice_keeps_is_not_looked_for_elsewhere() -> None:
    name, key = marker(Category.PERSON), marker(Category.PASSWORD)
    data = b"# " + name + b"\n# %s %s\n" % (name, key)
    file = File(
        repo="r", path=b"a.py", data=data, ownership="third_party", notices=((0, 2 + len(name)),)
    )
    (text,) = _ship(file)
    assert text.data == b"# " + name + b"\n# <NAME> <PASSWORD>\n"
