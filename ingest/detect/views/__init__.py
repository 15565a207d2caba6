"""Decoded views of a text: what engines would not see in its encoded form."""
