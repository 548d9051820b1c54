"""The vault: personal data, sealed per subject, found by keyed blind indexes. See docs/guide/vault.md.

This is its door; nothing else of the package is used from outside.
"""

from guanxi.platform.keys import KeyMissing, KeyWrong, Tampered
from guanxi.platform.vault.blind import blind_index, forget_keys, grams, indexer, name_key, text_key
from guanxi.platform.vault.boxes import Field, Fields, Seen, erase, open_many, rename, seal_many
from guanxi.platform.vault.root import check_keys, demand_empty, index_keys, prove_keys
from guanxi.platform.vault.search import PhoneMask, phone_mask, search_name, search_phone
from guanxi.platform.vault.texts import SEALED_COLUMNS, SealedColumn, seal_text, unseal_text

__all__ = [
    "SEALED_COLUMNS",
    "Field",
    "Fields",
    "KeyMissing",
    "KeyWrong",
    "PhoneMask",
    "SealedColumn",
    "Seen",
    "Tampered",
    "blind_index",
    "check_keys",
    "demand_empty",
    "erase",
    "forget_keys",
    "grams",
    "index_keys",
    "indexer",
    "name_key",
    "open_many",
    "phone_mask",
    "prove_keys",
    "rename",
    "seal_many",
    "seal_text",
    "search_name",
    "search_phone",
    "text_key",
    "unseal_text",
]
