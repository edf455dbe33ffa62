"""All cases, by theme. Importing a module registers its cases."""
from ..registry import CASES
from . import (chains, logs, digests, explain, explain_objects, explain_organizations, keyfiles, kms, kms_settings, lookalikes, sealed, sources, times, unlisted, backfill, hostile)  # noqa: F401

__all__ = ["CASES"]
