"""Tables of language names. Names are linguist's (github-linguist, languages.yml)."""

from __future__ import annotations

from typing import Final


def _table(rows: str) -> dict[str, str]:
    """Read rows of ``Language: key key …``; an underscore in a language name is a space."""
    table = {}
    for row in rows.strip().splitlines():
        language, _, keys = row.rpartition(": ")
        for key in keys.split():
            table[key] = language.strip().replace("_", " ")
    return table


NAMES: Final = _table("""
Makefile: makefile
Dockerfile: dockerfile
Groovy: jenkinsfile
Ruby: gemfile rakefile vagrantfile
CMake: cmakelists.txt
Text: license licence copying notice unlicense copyright authors license.txt licence.txt
Text: copying.txt copying.lesser notice.txt pkg-info metadata .netrc
Text: codeowners contributors maintainers credits thanks
Markdown: license.md licence.md
JSON: package.json package-lock.json composer.json
TOML: pyproject.toml cargo.toml cargo.lock reuse.toml
INI: setup.cfg .pypirc
Python: setup.py
Maven_POM: pom.xml
Go_Module: go.mod
Go_Checksums: go.sum
YAML: yarn.lock
Pip_Requirements: requirements.txt
Dotenv: .env
NPM_Config: .npmrc
Git_Config: .gitconfig .gitmodules
""")
"""Language by known file name (`ingest.domain.tree.KNOWN_NAMES`)."""

SUFFIXES: Final = _table("""
Batchfile: bat cmd
C: c cats idc
C#: csx cake
C++: cpp cc cxx c++ hpp hxx h++ ipp inl tcc tpp ixx cppm
CSS: css
CSV: csv
Clojure: clj cljs cljc
edn: edn
CMake: cmake
Common Lisp: lisp
Cuda: cu cuh
Dart: dart
Diff: diff patch
Elixir: exs
Erlang: erl hrl escript
Fortran: f for f77 ftn
Fortran Free Form: f90 f95 f03 f08
Gentoo Ebuild: ebuild
Gentoo Eclass: eclass
Gradle: gradle
Groovy: groovy gvy
GLSL: glsl vert frag geom comp tesc tese vsh fsh glslv
Groovy Server Pages: gsp
HCL: hcl tf tfvars
HTML+EEX: leex heex
HTML: html htm xhtml
Java Properties: properties
INI: ini cfg cnf
Java: java
JavaScript: js mjs cjs jsx es6
JSON: json geojson webmanifest topojson avsc har gltf mcmeta tfstate jsonl
JSON with Comments: jsonc code-workspace
Jupyter Notebook: ipynb
Kotlin: kt kts
Less: less
Linker Script: ld lds
Lua: lua
Markdown: md markdown mkd
Maven POM: pom
Nix: nix
Org: org
Pascal: pas dpr lpr
PowerShell: ps1 psm1 psd1
Protocol Buffer: proto
Python: py pyi pyw
Cython: pyx pxd pxi
RMarkdown: rmd
Rich Text Format: rtf
Roff: roff man
Ruby: rb rake gemspec ru podspec
SCSS: scss
SVG: svg
Sass: sass
Scala: scala sbt
Shell: sh bash ksh zsh command
Starlark: bzl bazel star
Svelte: svelte
Swift: swift
SystemVerilog: sv svh
TeX: tex sty ltx
BibTeX: bib
Terraform Template: tftpl
Text: txt text log license
TOML: toml
TSV: tsv
TypeScript: mts cts
Vim script: vim
Visual Basic .NET: vb
Vue: vue
WebAssembly: wat wast
XML: xml xsd wsdl resx csproj vbproj props targets xaml iml xlf xmi
YAML: yml yaml
XML Property List: plist
XSLT: xsl xslt
Zig: zig
reStructuredText: rst
""")
"""Language by extension, where we do not leave the choice to Pygments' table."""

INTERPRETERS: Final = _table("""
Shell: sh bash dash ksh zsh ash mksh rc
fish: fish
Tcsh: csh tcsh
Python: python pypy pythonw
Perl: perl
Raku: raku perl6
Ruby: ruby jruby rbx macruby
JavaScript: node nodejs rhino qjs bun
TypeScript: deno ts-node tsx
PHP: php
Lua: lua luajit texlua
R: rscript r littler
Awk: awk gawk mawk nawk
sed: sed gsed
Tcl: tclsh wish
Makefile: make
Groovy: groovy
Scala: scala amm
Kotlin: kotlin
Elixir: elixir
Erlang: escript
Haskell: runhaskell runghc stack
OCaml: ocaml ocamlrun
Clojure: bb clojure
Julia: julia
PowerShell: pwsh powershell
Crystal: crystal
Swift: swift
Racket: racket
Scheme: guile gosh csi
Common_Lisp: sbcl clisp ecl
Gnuplot: gnuplot
Nix: nix-shell
Starlark: bazel
""")
"""Language by the program of a shebang, without its version."""

RENAMED: Final = {
    "ActionScript 3": "ActionScript",
    "Ampl": "AMPL",
    "autohotkey": "AutoHotkey",
    "Bash": "Shell",
    "Bash Session": "ShellSession",
    "Coldfusion CFC": "ColdFusion CFC",
    "Coldfusion HTML": "ColdFusion",
    "Csound Orchestra": "Csound",
    "CUDA": "Cuda",
    "Delphi": "Pascal",
    "Desktop file": "desktop",
    "Docker": "Dockerfile",
    "EmacsLisp": "Emacs Lisp",
    "ERB": "HTML+ERB",
    "FStar": "F*",
    "Fish": "fish",
    "FoxPro": "xBase",
    "GAS": "Unix Assembly",
    "g-code": "G-code",
    "Groff": "Roff",
    "HTML+Django/Jinja": "Jinja",
    "Hxml": "HXML",
    "Igor": "IGOR Pro",
    "IRC logs": "IRC log",
    "JSON-LD": "JSONLD",
    "Java Server Page": "Java Server Pages",
    "LessCss": "Less",
    "liquid": "Liquid",
    "MCFunction": "mcfunction",
    "MOOCode": "Moocode",
    "Mathematica": "Wolfram Language",
    "Matlab": "MATLAB",
    "MQL": "MQL4",
    "MuPAD": "mupad",
    "NASM": "Assembly",
    "Nginx configuration file": "Nginx",
    "Nimrod": "Nim",
    "ODIN": "Odin",
    "Ooc": "ooc",
    "Org Mode": "Org",
    "Perl6": "Raku",
    "QBasic": "QuickBASIC",
    "Q": "q",
    "ReasonML": "Reason",
    "REBOL": "Rebol",
    "Rexx": "REXX",
    "RHTML": "HTML+ERB",
    "S": "R",
    "Sed": "sed",
    "systemverilog": "SystemVerilog",
    "teal": "Teal",
    "Terraform": "HCL",
    "Text only": "Text",
    "Transact-SQL": "TSQL",
    "aspx-vb": "ASP.NET",
    "VB.net": "Visual Basic .NET",
    "Velocity": "Velocity Template Language",
    "verilog": "Verilog",
    "vhdl": "VHDL",
    "VimL": "Vim script",
    "Web IDL": "WebIDL",
    "WebGPU Shading Language": "WGSL",
    "YAML+Jinja": "Salt",
}
"""Linguist's name of a Pygments lexer, where the two differ."""

_SHARED = """
ABAP ABNF ActionScript Ada Agda Alloy ANTLR ApacheConf APL AppleScript ASN.1 AspectJ
Asymptote Augeas AutoIt Awk Batchfile BBCode Befunge Berry BibTeX BitBake BlitzBasic
BlitzMax Blueprint Boo Boogie BQN Brainfuck C C# C++ Caddyfile Cap'n_Proto Carbon Ceylon
Chapel Cirru Clean Clojure CMake COBOL CodeQL CoffeeScript Common_Lisp Component_Pascal
Crystal Csound_Document Csound_Score CSS Cypher Cython D Darcs_Patch Dart Diff Dylan E-mail
EBNF eC ECL Eiffel Elixir Elm Erlang F# Factor Fancy Fantom Fennel Forth Fortran Futhark GAP
GDScript Genshi Gettext_Catalog Gherkin Gleam GLSL Gnuplot Go Golo Gosu GraphQL Groovy Haml
Handlebars Hare Haskell Haxe HLSL HTML HTML+PHP HTTP Hy IDL Idris Inform_7 INI Io Ioke
Isabelle J Janet Jasmin Java JavaScript JCL JSON JSON5 Jsonnet Julia Koka Kotlin Kusto Lasso
Lean LilyPond Limbo Literate_Agda Literate_Haskell LiveScript LLVM Logos Logtalk LSL Lua
Luau Macaulay2 Makefile Mako Markdown Mask Meson MiniD MiniScript Modelica Modula-2 Mojo
Monkey MoonScript Myghty NCL Nemerle nesC NewLisp Nit Nix NSIS NumPy Objective-C
Objective-C++ Objective-J OCaml Opa OpenEdge_ABL OpenSCAD Pan Pawn PDDL Perl PHP Pike Pony
Portugol PostScript PowerShell Praat Procfile Prolog Promela Protocol_Buffer Pug Puppet
PureScript Python QML Racket Ragel Raw_token_data Red Redcode reStructuredText
RobotFramework Rocq_Prover Ruby Rust SAS Sass Scala Scaml Scheme Scilab SCSS Shen Sieve
Singularity Slash Slim Smali Smalltalk Smarty Smithy Solidity Soong SourcePawn SPARQL SQL
Stan Standard_ML Stata SuperCollider Swift SWIG Tact Tcl Tcsh Tea TeX Thrift TOML TSX Turtle
Twig TypeScript Typst ucode Vala VBScript VCL Vue Vyper WebAssembly Whiley Wikitext Wren X10
XML XQuery XSLT Xtend YAML YANG YARA Zeek Zephir Zig
"""

SHARED_NAMES: Final = frozenset(name.replace("_", " ") for name in _SHARED.split())
"""Names that Pygments and linguist share; other lexers have no language here."""
