"""Judgement: rules and people. Facts in, decisions out; pure, no I/O."""
