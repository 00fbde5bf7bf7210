"""Operations on strings, under the names of `tf.strings`."""

# ruff: noqa: F401

from .later import absent as _absent
from .printing import string_format as format
from .string_buckets import string_to_hash_bucket as to_hash_bucket, string_to_hash_bucket_fast as to_hash_bucket_fast
from .string_buckets import string_to_hash_bucket_strong as to_hash_bucket_strong
from .string_buckets import unsorted_segment_join
from .string_encodings import ngrams, unicode_transcode
from .string_ops import as_string, reduce_join, regex_full_match, regex_replace, string_join as join, substr
from .string_ops import string_length as length
from .string_ops import string_lower as lower
from .string_ops import string_split_v2 as split
from .string_ops import string_strip as strip
from .string_ops import string_to_number as to_number
from .string_ops import string_upper as upper

__all__ = [
    "as_string",
    "format",
    "join",
    "length",
    "lower",
    "ngrams",
    "reduce_join",
    "regex_full_match",
    "regex_replace",
    "split",
    "strip",
    "substr",
    "to_hash_bucket",
    "to_hash_bucket_fast",
    "to_hash_bucket_strong",
    "to_number",
    "unicode_transcode",
    "unsorted_segment_join",
    "upper",
]

__getattr__ = _absent(__name__)
