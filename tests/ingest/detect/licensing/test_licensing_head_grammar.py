"""Wordings at the top of a file that keep it, and what modules say of their own objects."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.head_refusals import find_head_refusals


@pytest.mark.parametrize(
    "opening",
    [
        b"// This listing belongs to Orla Pumps.\n",
        b"# Ownership remains with Orla Pumps.\n",
        b"/* The program is the sole property of the Orla Group. */\n",
        b"-- Need to know. Ask the plant manager.\n",
        b"# For the eyes of the tender committee.\n",
        b"# This workbook is for the exclusive use of course 12.\n",
        b"// The design contains manufacturing secrets.\n",
        b"# Never hand this file to outsiders.\n",
        b"# Please do not pass it on.\n",
        b"/* Lending this program is not allowed. */\n",
        b"/* Reproduction of any page requires a signed approval. */\n",
        b"# Everybody else asks the institute.\n",
        b"# Supplied to our evaluators for inspection only.\n",
        b"// Strictly to be used on machines of Orla Pumps.\n",
        b"# May be passed on only in its original form.\n",
        b"// Delivered under contract no. 77 to the port authority.\n",
        b"// Provided pursuant to a signed letter.\n",
        b"% Subject to our MSA.\n",
        b"# Please destroy all copies after the evaluation.\n",
        b"// One payment per machine.\n",
        b"/* The plugin you purchased, file 3. */\n",
        b"/* For registered users of Orla Studio. */\n",
        b"// All other uses are excluded.\n",
        b"// You can't resell this pack.\n",
        b"# Offenders will be prosecuted.\n",
        b"' This is freeware.\n",
        b"// Premium module.\n",
        b"# Must not be open-sourced.\n",
        b"# These files never leave our premises.\n",
        b"// Code acquired from Orla Pumps in 2019.\n",
        b"# Not for you unless you are a paying customer.\n",
        b"# Only students of course 12 may read this file.\n",
        b"# Don't copy this script without asking.\n",
        b"# Use of this macro elsewhere is prohibited.\n",
        b"# Classroom use only.\n",
        b"-- Client property, return on demand.\n",
        b"/* This copy was issued to the port authority. */\n",
        b"# You may read it. No other rights are given.\n",
        b"# Reading is fine, copying is not.\n",
        b"# Not for customer distribution.\n",
        b"# Non-production use only.\n",
        b"/* ORLA CONFIDENTIAL. */\n",
        b"# RESTRICTED\n",
    ],
)
def test_a_file_is_kept(opening: bytes) -> None:
    assert find_head_refusals(opening + b"\nvalue = compute(3)\n")


@pytest.mark.parametrize(
    "opening",
    [
        b"# This module belongs to the storage layer.\n",
        b"# Ownership remains with the caller.\n",
        b"# Readers need to know how frames are packed.\n",
        b"// The design contains three stages.\n",
        b"# Do not pass it on to the next stage.\n",
        b"# Never hand this buffer to the driver.\n",
        b"/* Copying of the buffer is not allowed here. */\n",
        b"/* Publication of an event requires a topic. */\n",
        b"# Released under the MIT license only.\n",
        b"# Given to the parser only once.\n",
        b"# Delivered in order of arrival.\n",
        b"# Please delete the file after use.\n",
        b"// One copy per shard.\n",
        b"// Other users are notified by the hub.\n",
        b"# Legal moves of a knight.\n",
        b"// Premium plans are counted here.\n",
        b"# The socket must not be opened twice.\n",
        b"// Data acquired from the sensor.\n",
        b"# Runs unless you are a replica.\n",
        b"# Only members of the class may use this method.\n",
        b"# Do not modify this without running the tests.\n",
        b"# Use of this field in a filter is slow.\n",
        b"# Customer property values are read here.\n",
        b"# Re-use of the buffer is not possible.\n",
        b"# Levels: PUBLIC, CONFIDENTIAL, SECRET.\n",
        b"// Code licensed from Orla Pumps under the MIT license.\n",
    ],
)
def test_talk_of_what_code_does_keeps_nothing(opening: bytes) -> None:
    assert not find_head_refusals(opening + b"\nvalue = compute(3)\n")
