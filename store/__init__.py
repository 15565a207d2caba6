"""Keeping: the catalog (SQL) and the lake (Parquet), adapters behind the ports."""
