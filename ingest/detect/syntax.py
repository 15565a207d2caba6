"""Where natural language stands in a source text: comments, strings, docstrings, prose.

Grammars come from tree-sitter-language-pack 0.13, whose wheel holds them all: newer ones fetch
grammars over the network at first use. Parsing costs roughly 100 ms per MB, so a caller asks only
after a cheaper gate has fired.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

Span = tuple[int, int]
"""First byte, and one past the last."""

MAX_BYTES: Final = 1024 * 1024
"""Longer texts are not parsed: they are data or generated, and trees are 30 times as large."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROSE_SUFFIXES: Final = _words(
    "md markdown mdx rst txt text adoc asciidoc org tex rtf license licence copying notice "
    "unlicense copyright authors license.txt license.md licence.txt licence.md copying.txt "
    "copying.lesser notice.txt metadata pkg-info"
)
"""Name hints (see `ingest.domain.tree.suffix_of`) of files that are prose from end to end."""

DATA_SUFFIXES: Final = _words(
    "json yaml yml toml ini cfg xml csv tsv ndjson jsonl geojson properties ipynb package.json "
    "composer.json pyproject.toml setup.cfg cargo.toml pom.xml reuse.toml"
)
"""Name hints of data and configuration files: their strings are content, not code."""

_GRAMMARS: Final[dict[str, str]] = {
    "python": "py pyi pyw setup.py bzl bazel star",
    "javascript": "js mjs cjs jsx",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc sbt",
    "groovy": "groovy gradle jenkinsfile",
    "go": "go",
    "gomod": "go.mod",
    "rust": "rs",
    "c": "c h",
    "cpp": "cc cpp cxx c++ hh hpp hxx h++ ipp inl",
    "cuda": "cu cuh",
    "objc": "m mm",
    "csharp": "cs csx",
    "swift": "swift",
    "dart": "dart",
    "ruby": "rb rake gemspec gemfile rakefile vagrantfile",
    "php": "php phtml",
    "perl": "pl pm",
    "lua": "lua",
    "r": "r",
    "julia": "jl",
    "haskell": "hs",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "ocaml": "ml",
    "clojure": "clj cljs cljc edn",
    "zig": "zig",
    "solidity": "sol",
    "bash": "sh bash zsh ksh .env",
    "powershell": "ps1 psm1",
    "make": "mk makefile",
    "cmake": "cmake cmakelists.txt",
    "dockerfile": "dockerfile",
    "terraform": "tf tfvars",
    "hcl": "hcl",
    "nix": "nix",
    "sql": "sql",
    "proto": "proto",
    "graphql": "graphql gql",
    "html": "html htm xhtml",
    "css": "css",
    "scss": "scss",
    "xml": "xml xsd xsl svg pom.xml",
    "json": "json package.json composer.json package-lock.json geojson ipynb",
    "yaml": "yaml yml",
    "toml": "toml pyproject.toml cargo.toml cargo.lock reuse.toml",
    "properties": "properties",
}
_GRAMMAR_OF: Final = {
    suffix: grammar for grammar, suffixes in _GRAMMARS.items() for suffix in suffixes.split()
}

_COMMENT_KINDS: Final = _words(
    "comment line_comment block_comment multiline_comment js_comment html_comment pod Comment "
    "haddock"
)
_STRING_KINDS: Final = _words(
    "string string_literal raw_string_literal template_string interpreted_string_literal "
    "raw_string verbatim_string_literal interpolated_string_expression encapsed_string "
    "heredoc_body heredoc nowdoc_body string_value string_lit line_string_literal "
    "multi_line_string_literal double_quote_scalar single_quote_scalar plain_scalar block_scalar "
    "str_lit quoted_argument string_expression indented_string_expression "
    "quoted_attribute_value jsx_text text AttValue CharData expandable_string_literal "
    "heredoc_template value"
)
_DOCSTRINGS: Final = """
(module . (comment)* . (string) @docstring)
(class_definition body: (block . (string) @docstring))
(function_definition body: (block . (string) @docstring))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Natural-language spans in bytes; each list is sorted and free of overlaps."""

    comments: tuple[Span, ...] = ()
    strings: tuple[Span, ...] = ()
    """String literals and scalars, with their quotes; docstrings are not among them."""
    docstrings: tuple[Span, ...] = ()
    prose: tuple[Span, ...] = ()
    """The whole text, where the file is prose."""

    @property
    def natural(self) -> tuple[Span, ...]:
        """Return everything that is written for people, sorted: all but the strings."""
        return merge_spans([*self.comments, *self.docstrings, *self.prose])


def language_spans(data: bytes, suffix: str) -> Spans | None:
    """Return where natural language stands, or None where that is not known.

    None means that the name hint names no grammar or the text is longer than `MAX_BYTES`; the
    caller then treats the whole text as natural language. Syntax errors are tolerated.
    """
    if suffix in PROSE_SUFFIXES:
        return Spans(prose=((0, len(data)),) if data else ())
    grammar = _grammar_for(data, suffix)
    if grammar is None:
        return None
    captures = QueryCursor(_span_query(grammar)).captures(_parse(grammar, data))
    docstrings = merge_spans(_node_spans(captures.get("docstring", [])))
    strings = merge_spans(_node_spans(captures.get("string", [])))
    return Spans(
        comments=merge_spans(_node_spans(captures.get("comment", []))),
        strings=tuple(span for span in strings if span not in set(docstrings)),
        docstrings=docstrings,
    )


def parse_text(data: bytes, suffix: str) -> Tree | None:
    """Return the syntax tree of a text, or None without a grammar."""
    grammar = _grammar_for(data, suffix)
    return None if grammar is None else _parser(grammar).parse(data)


def count_edited_errors(data: bytes, suffix: str, edited: Tree) -> int | None:
    """Return `count_errors` of a text, reusing the tree of what it was edited from.

    `edited` has been told of every edit (`Tree.edit`). Recovery from an error may go another way
    than in a parse from the start, so a count above that of the text before is not final; one that
    is not above it shows a reading of the text with no more errors.
    """
    grammar = _grammar_for(data, suffix)
    return None if grammar is None else count_tree_errors(_parser(grammar).parse(data, edited))


def count_errors(data: bytes, suffix: str) -> int | None:
    """Return the number of syntax errors (ERROR and MISSING nodes), or None without a grammar.

    The figure means little alone (grammars know dialects imperfectly); compared before and after
    an edit it tells whether the edit broke the file.
    """
    tree = parse_text(data, suffix)
    return None if tree is None else count_tree_errors(tree)


def count_tree_errors(tree: Tree) -> int:
    """Return the number of syntax errors of a text that is parsed already; see `count_errors`.

    Only nodes with an error below are looked into: a query would look at every node.
    """
    count, waiting = 0, [tree.root_node] if tree.root_node.has_error else []
    while waiting:
        node = waiting.pop()
        count += node.is_error or node.is_missing
        # Below an error that was counted the grammar counts no other, so all of it is looked at.
        waiting += [c for c in node.children if node.is_error or c.has_error or c.is_missing]
    return count


def merge_spans(spans: list[Span]) -> tuple[Span, ...]:
    """Return the union of spans, sorted; spans that merely touch stay apart."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def _grammar_for(data: bytes, suffix: str) -> str | None:
    return _GRAMMAR_OF.get(suffix) if len(data) <= MAX_BYTES else None


def _node_spans(nodes: list[Node]) -> list[Span]:
    return [(node.start_byte, node.end_byte) for node in nodes]


def _parse(grammar: str, data: bytes) -> Node:
    return _parser(grammar).parse(data).root_node


@cache
def _language(grammar: str) -> Language:
    from tree_sitter_language_pack import get_language  # noqa: PLC0415 - loaded when first needed

    return get_language(grammar)  # type: ignore[arg-type]  # a literal of 173 names


@cache
def _parser(grammar: str) -> Parser:
    return Parser(_language(grammar))


@cache
def _span_query(grammar: str) -> Query:
    language = _language(grammar)
    kinds = {
        language.node_kind_for_id(i)
        for i in range(language.node_kind_count)
        if language.node_kind_is_named(i) and language.node_kind_is_visible(i)
    }
    # "value" is the text of a property, but an expression in other grammars
    if grammar != "properties":
        kinds.discard("value")
    source = [f"({kind}) @comment" for kind in sorted(_COMMENT_KINDS & kinds)]
    source += [f"({kind}) @string" for kind in sorted(_STRING_KINDS & kinds)]
    if grammar == "python":
        source.append(_DOCSTRINGS)
    return Query(language, "\n".join(source))
