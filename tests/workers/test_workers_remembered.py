from __future__ import annotations

from workers.remembered import Remembered


def test_an_answer_is_found_once_while_it_is_among_the_last() -> None:
    asked: list[str] = []
    kept: Remembered[int] = Remembered(2)

    def get(key: str) -> int:
        def find() -> int:
            asked.append(key)
            return len(key)

        return kept.get(key, find)

    assert [get(key) for key in ("a", "bb", "a", "ccc", "a", "bb")] == [1, 2, 1, 3, 1, 2]
    assert asked == ["a", "bb", "ccc", "bb"]
